#!/usr/bin/env bash
# Compiles what the commands give with --latex, for every example, and complains of errors and of lines wider than the page.
#
#   scripts/latex.sh [FOLDER]      needs pdflatex (Debian: texlive-latex-base, texlive-latex-recommended); pages go to FOLDER
#
# TASKTRADE names the program (default: the debug build); EXAMPLES and COMMANDS narrow what is done.
set -u
cd "$(dirname "$0")/.."
program=$(realpath "${TASKTRADE:-target/debug/tasktrade}")
folder=$(realpath -m "${1:-target/latex}")
mkdir -p "$folder"
bad=0
done=0

# What each example is asked: its first channelled quantity, or its first reported one, against the first parameter that a shock moves.
question() {
    "$program" solve "$1" --json 2>/dev/null | python3 -c '
import json, re, sys
text = open(sys.argv[1]).read()
of = re.search(r"channels of ([^,{]+)", text) or re.search(r"report\s*\{\s*([^,}]+)", text)
by = re.search(r"shock\s+\w+\s*\{\s*([\w\[\], ]+?)\s*[-+=]", text)
if of and by:
    print(of.group(1).split(" for ")[0].strip(), "wrt", by.group(1).strip())
' "$1"
}

page() { # name, body file
    {
        printf '%s\n' '\documentclass{article}' '\usepackage[T1]{fontenc}' '\usepackage[a4paper,margin=2.5cm]{geometry}' '\usepackage{amsmath}' '\begin{document}'
        cat "$2"
        printf '%s\n' '\end{document}'
    } > "$folder/$1.tex"
    if ! (cd "$folder" && pdflatex -interaction=nonstopmode -halt-on-error "$1.tex" > "$1.out" 2>&1); then
        echo "$1: $(grep -m1 -A2 '^!' "$folder/$1.out" | tr '\n' ' ')"
        bad=$((bad + 1))
    fi
    wide=$(grep -oE 'Overfull .hbox \([0-9.]+pt' "$folder/$1.log" | grep -oE '[0-9.]+' | sort -rn | head -1)
    if [ -n "$wide" ] && awk "BEGIN { exit !($wide > 1) }"; then
        echo "$1: a line is ${wide}pt too wide"
        bad=$((bad + 1))
    fi
    done=$((done + 1))
}

for file in ${EXAMPLES:-examples/*.trade}; do
    stem=$(basename "$file" .trade)
    asked=$(question "$file")
    for command in ${COMMANDS:-equations hats derive effects sign compare}; do
        body="$folder/$stem-$command.body"
        case $command in
        equations | hats | compare) "$program" "$command" "$file" --latex > "$body" 2> "$folder/said" ;;
        *)
            [ -n "$asked" ] || continue
            "$program" "$command" "$file" "$asked" --latex > "$body" 2> "$folder/said"
            ;;
        esac
        code=$?
        # What has no answer has no page.
        [ $code = 0 ] || { echo "$stem $command: no answer ($code): $(grep -m1 error "$folder/said")"; continue; }
        page "$stem-$command" "$body"
    done
done
echo "$done pages, $bad complaints"
[ "$bad" = 0 ]
