# Processes that are recorded in "$folder/pids", one file each: its id and when it started, since an
# id may go to another process later. Sourced by up and down.

started() { # when process $1 started, in clock ticks; nothing if it is gone or a zombie
  sed -E 's/.*\) //' "/proc/$1/stat" 2>/dev/null | awk '$1 != "Z" {print $20}'
}

runs() { # whether the process recorded as $1 lives
  local pid since
  read -r pid since 2>/dev/null <"$folder/pids/$1" && [ "$(started "$pid")" = "$since" ]
}

start() { # start NAME COMMAND...: run it in the background, unless it runs
  local name=$1 pid
  shift
  if runs "$name"; then return; fi
  setsid "$@" >>"$folder/$name.out" 2>&1 </dev/null &
  pid=$!
  echo "$pid $(started "$pid")" >"$folder/pids/$name"
}

stop() { # stop NAME: end the process recorded as NAME, if it lives, within 10 s
  local pid since
  if runs "$1"; then
    read -r pid since <"$folder/pids/$1"
    kill "$pid"
    for _ in $(seq 50); do runs "$1" || break; sleep 0.2; done
    if runs "$1"; then kill -KILL "$pid"; fi
  fi
  rm -f "$folder/pids/$1"
}
