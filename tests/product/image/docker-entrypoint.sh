#!/bin/bash
# A stand-in for the entry point of an official product image: it prepares the profile that the
# environment names, copies the configuration volume over the product's home, and starts the script
# as its child. It is not WSO2's.
set -e
config_volume=${WORKING_DIRECTORY}/wso2-config-volume
test ! -d "${WSO2_SERVER_HOME}" && echo "WSO2 Docker product home does not exist" && exit 1
if [[ -n "${PROFILE_NAME}" ]]; then
    echo "Optimizing WSO2 Carbon Server" >&2
    bash "${WSO2_SERVER_HOME}/bin/profileSetup.sh" "-Dprofile=${PROFILE_NAME}"
fi
test -d "${config_volume}" && [[ "$(ls -A "${config_volume}")" ]] && cp -RL "${config_volume}"/* "${WSO2_SERVER_HOME}/"
echo "Start WSO2 Carbon server" >&2
if [[ -z "${PROFILE_NAME}" ]]; then
    sh "${WSO2_SERVER_HOME}/bin/api-manager.sh" "$@"
else
    sh "${WSO2_SERVER_HOME}/bin/api-manager.sh" "-Dprofile=${PROFILE_NAME}" "$@"
fi
