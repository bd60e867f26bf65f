"""The frames that WSO2's own sender and receiver classes made and took on loopback."""

from probes import binary_frames

SESSION = "11111111-2222-3333-4444-555555555555"
THROTTLE_REQUEST = (
    "m",
    "1:a",
    "Unlimited",
    "/t:1.0",
    "Unlimited",
    "1:/t:1.0",
    "Gold",
    "/t/1.0/*:GET",
    "Unlimited",
    "u@carbon.super",
    "/t",
    "1.0",
    "carbon.super",
    "carbon.super",
    "1",
    "t",
    "{}",
)


def test_a_login_is_the_frame_of_the_real_sender():
    frame = "0000000012000000050000000561646d696e61646d696e"
    assert binary_frames.login("admin", "admin").hex() == frame


def test_a_logout_is_the_frame_of_the_real_sender():
    frame = bytes.fromhex("010000002800000024") + SESSION.encode()
    assert binary_frames.logout(SESSION) == frame


def test_an_event_is_the_frame_of_the_real_sender():
    payload = b"".join(binary_frames.text(value) for value in THROTTLE_REQUEST)
    event = binary_frames.event("org.wso2.throttle.request.stream:1.0.0", 1700000000000, payload)
    assert binary_frames.publish(SESSION, (event,)).hex() == (
        "02000001120000002431313131313131312d323232322d333333332d343434342d3535353535353535353535"
        "3500000001000000e20000018bcfe56800000000266f72672e77736f322e7468726f74746c652e7265717565"
        "73742e73747265616d3a312e302e30000000016d00000003313a6100000009556e6c696d6974656400000006"
        "2f743a312e3000000009556e6c696d6974656400000008313a2f743a312e3000000004476f6c640000000c2f"
        "742f312e302f2a3a47455400000009556e6c696d697465640000000e7540636172626f6e2e73757065720000"
        "00022f7400000003312e300000000c636172626f6e2e73757065720000000c636172626f6e2e737570657200"
        "00000131000000017400000002" + b"{}".hex()
    )


def test_publishing_nothing_is_a_bundle_of_zero_events():
    frame = bytes.fromhex("020000002c00000024") + SESSION.encode() + bytes(4)
    assert binary_frames.publish(SESSION) == frame
