import asyncio
import itertools

from lab.gate.pace import Pace
from lab.gate.patience import Patience
from probes.result import Outcome, Result

REFUSED = Result("a", Outcome.REFUSED)
OK = Result("a", Outcome.OK)


def attempts(*results: Result):
    times = []
    left = itertools.chain(results[:-1], itertools.repeat(results[-1]))

    async def attempt() -> Result:
        times.append(asyncio.get_running_loop().time())
        return next(left)

    return attempt, times


async def test_it_ends_with_the_first_result_that_is_enough() -> None:
    pace = Pace(Patience(first_pause=0.001), lambda: False)
    attempt, times = attempts(REFUSED, REFUSED, OK)
    assert await pace.until(lambda result: result.ok, attempt) is OK
    assert len(times) == 3


async def test_a_bell_ends_the_pause() -> None:
    pace = Pace(Patience(first_pause=30, longest_pause=60), lambda: False)
    attempt, times = attempts(REFUSED, OK)
    asyncio.get_running_loop().call_later(0.01, pace.ring)
    async with asyncio.timeout(5):
        await pace.until(lambda result: result.ok, attempt)
    assert len(times) == 2


async def test_a_bell_that_rings_during_an_attempt_counts() -> None:
    pace = Pace(Patience(first_pause=30, longest_pause=60), lambda: False)
    results = iter((REFUSED, OK))

    async def attempt() -> Result:
        pace.ring()
        return next(results)

    async with asyncio.timeout(5):
        assert await pace.until(lambda result: result.ok, attempt) is OK


async def test_after_a_bell_the_pauses_grow_anew() -> None:
    pace = Pace(Patience(first_pause=0.001, longest_pause=60), lambda: False)
    made, eleven, fourteen = itertools.count(1), asyncio.Event(), asyncio.Event()

    async def attempt() -> Result:
        match next(made):
            case 11:
                eleven.set()
            case 14:
                fourteen.set()
        return REFUSED

    waiting = asyncio.create_task(pace.until(lambda result: result.ok, attempt))
    await asyncio.wait_for(eleven.wait(), 10)  # the next pause is a second and more
    pace.ring()
    await asyncio.wait_for(fourteen.wait(), 0.9)
    waiting.cancel()


async def test_nobody_dials_a_port_that_is_shut_until_it_opens() -> None:
    pace = Pace(Patience(first_pause=0.001, shut_pause=30), lambda: True)
    attempt, times = attempts(OK)
    waiting = asyncio.create_task(pace.until(lambda result: result.ok, attempt))
    await asyncio.sleep(0.05)
    assert not times
    pace.ring()
    await asyncio.wait_for(waiting, 5)


async def test_a_port_that_stays_shut_is_dialled_after_a_long_pause() -> None:
    pace = Pace(Patience(first_pause=30, longest_pause=60, shut_pause=0.01), lambda: True)
    attempt, times = attempts(REFUSED, REFUSED, OK)
    assert await pace.until(lambda result: result.ok, attempt) is OK
    assert len(times) == 3
