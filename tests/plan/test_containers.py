from lab.plan.containers import (
    SERVER_DATA,
    SERVER_FILE_NAMES,
    completion_name,
    container_name,
    mysqld_arguments,
    mysqld_initialise_arguments,
    network_name,
    node_path,
    server_path,
)


def test_every_object_of_a_lab_has_a_name_of_its_own():
    names = {container_name("x", m) for m in ("gw", "db", "prober")}
    names |= {network_name("x"), completion_name("x")}
    assert names == {"lab-x-gw", "lab-x-db", "lab-x-prober", "lab-x", "lab-x-complete"}


def test_a_node_s_files_lie_in_the_product_s_layout():
    home = "/home/wso2carbon/wso2am/repository"
    assert str(node_path("deployment.toml")) == f"{home}/conf/deployment.toml"
    assert str(node_path("wso2carbon.jks")) == f"{home}/resources/security/wso2carbon.jks"


def test_the_server_is_told_every_file_that_lies_there():
    arguments = " ".join(mysqld_arguments())
    assert all(str(server_path(name)) in arguments for name in SERVER_FILE_NAMES)


def test_no_defaults_comes_first_or_mysqld_refuses_it():
    assert mysqld_arguments()[0] == mysqld_initialise_arguments()[0] == "--no-defaults"


def test_the_data_directory_is_made_where_the_server_looks_for_it():
    assert f"--datadir={SERVER_DATA}" in mysqld_arguments()
    assert f"--datadir={SERVER_DATA}" in mysqld_initialise_arguments()


def test_port_and_user_are_the_caller_s():
    arguments = mysqld_arguments(port=3307, user="root")
    assert "--port=3307" in arguments
    assert "--user=root" in arguments
