#!/bin/sh
# Makes a Docker engine answer at the usual socket: installs Debian's and starts it where there is none. Prints its version.
set -eu

engine() { docker version --format '{{.Server.Version}}' 2>/dev/null; }

if ! engine >/dev/null; then
  if ! command -v docker >/dev/null || ! command -v dockerd >/dev/null || ! command -v iptables >/dev/null; then
    apt-get update -qq >&2
    # Since Debian 13 the client is a package of its own.
    client=
    if apt-cache show docker-cli >/dev/null 2>&1; then client=docker-cli; fi
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends docker.io $client iptables >&2
  fi
  log="${1:-/tmp/dockerd.log}"
  # The socket and process id of an engine that was ended with its session are of no use to the next one.
  rm -f /var/run/docker.pid /var/run/docker/containerd/containerd.pid
  setsid nohup dockerd >"$log" 2>&1 </dev/null &
  tries=0
  until engine >/dev/null; do
    tries=$((tries + 1))
    if [ "$tries" -gt 60 ]; then
      echo "the engine does not answer after 60 s; its log:" >&2
      tail -n 30 "$log" >&2
      exit 1
    fi
    sleep 1
  done
fi
engine
