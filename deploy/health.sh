#!/bin/bash
# Ends with 0 if the relay on this machine answers that it is well. Needs nothing but bash: the image has no curl.
set -euo pipefail

exec 3<>"/dev/tcp/127.0.0.1/${AURALIS_PORT:-8000}"
printf 'GET /api/v1/health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n' >&3
IFS= read -r -t 5 answer <&3
[[ $answer == "HTTP/1.1 200 "* ]]
