/**
 * Ends and removes everything of a run whose orchestrator is gone. `$1` is the run's state folder; `$2` is `clean` when it is not the run's own guard.
 *
 * A shell, because it must outlive the orchestrator at almost no cost (0.3 MB), and must act even when a child is stopped,
 * stuck or busy and cannot notice the end of its parent by itself. It waits on stdin, a pipe that only the orchestrator holds,
 * so every way to end (return, signal, kill -9, crash of Node) wakes it. A normal stop leaves it nothing to do.
 * Prints what it did, one line each.
 */
export const guardScript = String.raw`
trap '' HUP INT TERM
state=$1
read -r _
[ -f "$state/processes" ] || exit 0
tab=$(printf '\t')

start_of() {
  if [ -r /proc/self/stat ]; then
    read -r line 2>/dev/null < "/proc/$1/stat" || return 1
    set -- \${line##*) }
    [ "$1" != Z ] && printf '%s' "\${20}"
  else
    ps -o lstart= -p "$1" | sed 's/^ *//;s/ *$//'
  fi
}

alive() { [ -n "$2" ] && [ "$(start_of "$1" 2>/dev/null)" = "$2" ]; }

# Signals everything that is left: each process with the signal it is stopped by, or all with $1. Fails when nothing is left.
signal_all() {
  left=1
  while IFS=$tab read -r pid start stop name; do
    alive "$pid" "$start" || continue
    left=0
    [ "$1" = quiet ] && continue
    [ "$1" = KILL ] && stop=KILL
    echo "ended $name ($pid) with $stop"
    kill -s "$stop" "$pid" 2>/dev/null
    kill -s CONT "$pid" 2>/dev/null
  done < "$state/processes"
  return $left
}

if signal_all; then
  tries=0
  while signal_all quiet && [ "$tries" -lt 50 ]; do
    sleep 0.1
    tries=$((tries + 1))
  done
  signal_all KILL && sleep 0.1
fi

# What no signal reaches, a runtime has left a command for; it may have to wait for an engine, and whoever cleans up does not wait with it.
if [ -f "$state/last-will" ]; then
  will=$(cat "$state/last-will")
  if [ "$2" = clean ]; then
    /bin/sh -c "$will" >/dev/null 2>&1 &
  else
    /bin/sh -c "$will"
  fi
fi

# What still ended while it was signalled may have written once more.
for try in 1 2 3; do
  while IFS= read -r dir; do
    [ -e "$dir" ] && rm -rf "$dir" && echo "removed $dir"
  done < "$state/dirs"
  rm -rf "$state" && break
  sleep 0.2
done
[ -e "$state" ] || echo "removed $state"
`.replaceAll('\\$', '$');
