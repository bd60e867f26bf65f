#!/bin/sh
# A stand-in for the product's start script: it takes the same words and environment, starts what
# JAVA_HOME names, ends with 0 however that ends, and starts it again after 121. It is not WSO2's.
PRGDIR=$(dirname "$0")
[ -z "$CARBON_HOME" ] && CARBON_HOME=$(cd "$PRGDIR/.." && pwd)
[ -x "$JAVA_HOME/bin/java" ] || { echo "JAVA_HOME is not defined correctly."; exit 1; }
for word in "$@"; do
    case "$word" in
    stop | --stop)
        kill -TERM "$(cat "$CARBON_HOME/wso2carbon.pid")"
        exit 0
        ;;
    esac
done
"$JAVA_HOME/bin/java" -version 2>/dev/null
echo "JAVA_HOME environment variable is set to $JAVA_HOME"
echo "CARBON_HOME environment variable is set to $CARBON_HOME"
cd "$CARBON_HOME" || exit 1
rm -rf "$CARBON_HOME/tmp/"*
echo "Using Java memory options: ${JVM_MEM_OPTS:--Xms256m -Xmx1024m}"
status=121
while [ "$status" = 121 ]; do
    # The words are options, as in the product's script.
    # shellcheck disable=SC2086
    "$JAVA_HOME/bin/java" ${JVM_MEM_OPTS:--Xms256m -Xmx1024m} $JAVA_OPTS \
        -Dcarbon.home="$CARBON_HOME" org.wso2.carbon.bootstrap.Bootstrap $*
    status=$?
done
