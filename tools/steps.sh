# shellcheck shell=bash
# Steps with a progress display, and the installing of packages: for ./start and ./check (bash).
#   LOG       file that takes what the steps print
#   step TITLE COMMAND…    runs it, showing elapsed time; PROGRESS may name a function that prints how
#                          far it is in per cent; on failure the end of the log is shown, and it ends

LOG=${LOG:-build/steps.log}
PROGRESS=
STEP=
SECONDS=0

say() { printf '%s\n' "$*"; }

clock() { # seconds → 1:05
	printf '%d:%02d' $(($1 / 60)) $(($1 % 60))
}

# What the terminal shows while a step runs: title, per cent, elapsed time.
step_watch() { # TITLE PID START
	local percent frame=0 frames='|/-+'
	while kill -0 "$2" 2>/dev/null; do
		percent=$([ "$PROGRESS" ] && "$PROGRESS" 2>/dev/null)
		printf '\r\033[K%s %s %s %s' "${frames:frame % 4:1}" "$1" \
			"${percent:+$percent %}" "$(clock $((SECONDS - $3)))"
		frame=$((frame + 1))
		sleep 0.2
	done
	printf '\r\033[K'
}

# Runs COMMAND with its output in the log.  Its exit code is the step's.
step_run() { # TITLE COMMAND…
	local title=$1 start=$SECONDS code pid
	shift
	mkdir -p "$(dirname "$LOG")"
	printf '\n== %s\n' "$title" >>"$LOG"
	set -m # a process group of its own, so that step_kill reaches all of it
	"$@" >>"$LOG" 2>&1 </dev/null &
	pid=$!
	set +m
	STEP=$pid
	if [ -t 1 ]; then step_watch "$title" "$pid" "$start"; else printf '%s …\n' "$title"; fi
	wait "$pid"
	code=$?
	STEP=
	STEP_SECONDS=$((SECONDS - start))
	if [ $code = 0 ]; then
		say "  done   $title ($(clock $STEP_SECONDS))"
	else
		say "  FAILED $title ($(clock $STEP_SECONDS))"
	fi
	return $code
}

# End the step that runs, with everything it has begun.
step_kill() { [ -z "$STEP" ] || kill -TERM -- "-$STEP" 2>/dev/null; }

step() {
	step_run "$@" && return
	say "The last lines of $LOG:" >&2
	tail -n "${LOG_LINES:-40}" "$LOG" | sed 's/^/    /' >&2
	exit 1
}

# --- packages ---------------------------------------------------------------------------------

packages_missing() { # SECTION…
	local name command present
	present=$(dpkg-query -W -f '${Package} ${db:Status-Status}\n' 2>/dev/null | sed -n 's/ installed$//p')
	awk -v wanted=" $* " '
		/^\[/ { gsub(/[][]/, ""); on = index(wanted, " " $0 " "); next }
		on && !/^#/ && NF' tools/packages |
		while read -r name command; do
			[ "$command" ] && command -v "$command" >/dev/null && continue
			grep -qx -- "$name" <<<"$present" || echo "$name"
		done
}

packages_progress() { # what apt writes about its state: kind:package:per cent:text
	local kind percent
	IFS=: read -r kind _ percent _ < <(tail -n 1 build/apt.status)
	case $kind in
	dlstatus) echo $((${percent%.*} / 2)) ;;
	pmstatus) echo $((50 + ${percent%.*} / 2)) ;;
	esac
}

packages_install() { # NAME…
	local root=()
	[ "$(id -u)" = 0 ] || root=(sudo)
	"${root[@]}" apt-get update -q &&
		"${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends \
			-o APT::Status-Fd=3 -o Dpkg::Use-Pty=0 \
			-o Dpkg::Options::=--force-unsafe-io "$@" 3>build/apt.status
}

packages_need() { # SECTION…    installs what is missing, or says what to do
	local missing
	command -v dpkg-query >/dev/null || {
		say "This is not Debian: no packages are installed here; the names in tools/packages are Debian's."
		return
	}
	missing=$(packages_missing "$@" | tr '\n' ' ')
	[ "$missing" ] || return 0
	if [ "$(id -u)" != 0 ] && ! command -v sudo >/dev/null; then
		say "These packages are missing: $missing" >&2
		say "Install them as root, then start again:  apt-get install $missing" >&2
		exit 1
	fi
	[ "$(id -u)" = 0 ] || sudo -v || exit 1 # asks for the password before the progress display
	mkdir -p build
	PROGRESS=packages_progress
	# shellcheck disable=SC2086 # names
	step "installing $(wc -w <<<"$missing") packages" packages_install $missing
	PROGRESS=
}
