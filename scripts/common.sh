# shellcheck shell=bash
# What the scripts share; to be sourced.

say() { printf '\n== %s (%d s)\n' "$*" "$SECONDS"; }

# Ends the script with a sentence that says what to do.
die() {
    printf '\n%s: %s\n' "${0##*/}" "$*" >&2
    exit 1
}
