#!/bin/sh
# Runs the tests of a change and judges what they cost by what holds on its base: the settings,
# price overlays, accepted regressions and known staleness of BASE.  Works in any CI and by hand.
#
#   ci/gate.sh [-b BASE] [-j JOURNAL] [-o COMMENT] [-- PYTEST ARGUMENTS]
#
#   -b  where the change wants to go, a revision that is fetched (default: origin/main)
#   -j  the combined journal of a run that was made elsewhere; no test is run then
#   -o  where the comment is written (default: spec-budget.md)
#
# The change is what is committed (HEAD).  Start it in the folder that pytest runs in.
# The status is 0 if the tests pass and the change does, that of pytest if a test fails, else that of
# `specbudget comment`: 1 too dear or not to be computed, 2 wrong arguments.  A run that leaves no
# journal of its own is not judged by an older one: its recordings are shown, and the status is 1.
set -eu

python=${PYTHON:-python} base=origin/main journal='' comment=spec-budget.md
while getopts b:j:o: option; do
    case $option in
    b) base=$OPTARG ;;
    j) journal=$OPTARG ;;
    o) comment=$OPTARG ;;
    *) exit 2 ;;
    esac
done
shift $((OPTIND - 1))
rm -f -- "$comment" # an old one says nothing of this change

scratch=$(mktemp -d)
trap 'git worktree remove --force "$scratch/base" 2>/dev/null || :; rm -rf "$scratch"' EXIT

commit=$(git rev-parse --verify --quiet "$base^{commit}") || {
    echo "gate.sh: git knows no revision \"$base\" here; fetch it, or name another with -b" >&2
    exit 2
}
git -c core.hooksPath=/dev/null worktree add --quiet --detach "$scratch/base" "$commit"

runs=.specbudget/journal
newest_run() { # they are named by the time at which they began
    ls "$runs" 2>/dev/null | sort | tail -n 1
}

tests=0 whole=0
if [ -z "$journal" ]; then
    before=$(newest_run)
    # A rise is judged below, by the limits of the base; here the run is only observed.
    SPECBUDGET_MODE=observe "$python" -m pytest --spec-baseline="git:$commit" "$@" || tests=$?
    run=$(newest_run) journal=$scratch/spec-budget.jsonl
    if [ "$run" = "$before" ]; then
        echo "gate.sh: the run left no journal in $runs, so only its recordings are judged" >&2
        whole=1
    else
        "$python" -m pytest_specbudget combine "$runs/$run" -o "$journal" || whole=1
    fi
    [ -f "$journal" ] || journal=''
fi

gate=0
"$python" -m pytest_specbudget comment ${journal:+"$journal"} --head "$(git rev-parse HEAD)" --base "$commit" \
    --repo "$scratch/base/$(git rev-parse --show-prefix)" --output "$comment" || gate=$?
[ ! -f "$comment" ] || cat "$comment"
[ "$tests" -eq 0 ] || exit "$tests"
[ "$gate" -eq 0 ] || exit "$gate"
exit "$whole"
