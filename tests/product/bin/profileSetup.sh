#!/bin/bash
# A stand-in for the product's profile optimisation: like it, it deletes other roles' web apps and
# replaces deployment.toml unless told not to. It is not WSO2's.
cd "$(dirname "$0")/.." || exit 1
webapps=repository/deployment/server/webapps
case $1 in
-Dprofile=gateway-worker) kept='api#am#gateway#v2.war' ;;
-Dprofile=traffic-manager) kept='internal#data#v1.war' ;;
-Dprofile=control-plane) kept='internal#data#v1.war|api#am#publisher.war|oauth2.war' ;;
-Dprofile=api-key-manager-deprecated) kept='oauth2.war' ;;
*)
    echo "Profile is not specified properly, please try again"
    exit
    ;;
esac
for app in "$webapps"/*; do
    [[ $(basename "$app") =~ ^($kept)$ ]] || rm -r "$app"
done
if [ "$2" != --skipConfigOptimization ]; then
    mv repository/conf/deployment.toml repository/conf/deployment.toml.backup
    cp "repository/resources/conf/deployment-templates/${1#-Dprofile=}.toml" repository/conf/deployment.toml
fi
echo Finished the optimizations
