# Words that C sources do without, beyond those that base/banned.h makes compile errors.
#   awk -f tools/words.awk src/*/*.[ch]       prints what is wrong; ends with 1 then
# A rule: where it is allowed ("folder/", "folder/file.c", "tests"; separated by blanks), a pattern
# over code without comments and text, and the remedy.
function rule(allowed, pattern, remedy) {
	n_rules++
	allow[n_rules] = " " allowed " "
	match_[n_rules] = pattern
	remedy_[n_rules] = remedy
}

BEGIN {
	w = "(^|[^A-Za-z0-9_])"
	e = "([^A-Za-z0-9_]|$)"
	rule("", w "(f|s|vs|vf)?scanf *\\(", "parse with str_int, str_cut and their kind")
	rule("base/ main/ tests", w "(v?f?printf|puts|fputs|putchar|perror) *\\(", "only main/ talks to a terminal; fail() gives the cause")
	rule("", w "(alloca|bcopy|bzero|index|rindex|tmpnam|mktemp|tempnam|getwd|vfork) *\\(", "there is a better one")
	rule("base/ main/ tests", w "(abort|_?exit|_Exit|quick_exit) *\\(", "return false, or bug(cx, …)")
	rule("base/ main/ http/ tests", w "(signal|sigaction|fork|execv?[lpe]*|kill|waitpid) *\\(", "processes and signals: main/ only")
	rule("main/ record/authz.c tests", w "(secure_)?getenv *\\(", "configuration: main/ reads it once")
	rule("base/ tests", w "(sig)?(setjmp *\\((\\*?[^*a]|\\*a[^r])|longjmp *\\()", "setjmp(*arena_guard(…)) is the only leap")
	rule("base/ db/", w "(strtod|malloc|calloc|realloc|free) *\\(", "struct arena")
	rule("", w "(_Thread_local|__thread|thread_local)" e, "no hidden state: it comes through cx")
	rule("", "^typedef (struct|union|enum)" e, "say struct NAME where it is used")
	rule("", w "(ctx|cfg|cnt|idx|usr|pwd|tbl|evt|mgr|utils?|helpers?|misc)" e, "a name without abbreviation")
	rule("tests", "^[ \t]+static [^(]*(=|;)", "no state inside a function (a table is static const)")
}

# What is left of a line without comments and the inside of texts; `open` is a comment over lines.
# The comments are in `remark`.
function code(line,   out, i, c, two, quote, n) {
	n = length(line)
	remark = ""
	for (i = 1; i <= n; i++) {
		c = substr(line, i, 1)
		two = substr(line, i, 2)
		if (open) {
			if (two == "*/") { open = 0; i++ }
			remark = remark c
		} else if (quote) {
			if (c == "\\") i++
			else if (c == quote) { quote = ""; out = out c }
		} else if (two == "/*") { open = 1; i++ }
		else if (two == "//") { remark = remark substr(line, i); return out }
		else {
			if (c == "\"" || c == "'") quote = c
			out = out c
		}
	}
	return out
}

function wrong(remedy, place) {
	gsub(/^[ \t]+/, "", place)
	printf "%s:%d: %s\n\t%s\n", FILENAME, FNR, remedy, substr(place, 1, 90)
	bad = 1
}

FNR == 1 {
	open = 0
	n = split(FILENAME, part, "/")
	folder = part[n - 1] "/"
	file = folder part[n]
	test = part[n] ~ /_(test|fuzz)\.c$/ || part[n] == "test.h" || FILENAME ~ /^tests\//
	skip = part[n] == "banned.h"
}
skip { next }

{
	text = code($0)
	if (remark ~ /(^|[^A-Za-z])(TODO|FIXME|XXX|HACK)([^A-Za-z]|$)/)
		wrong("finish it, or open an issue", remark)
	if (remark ~ /NOLINT/ && remark !~ /NOLINT(NEXTLINE)?\([a-z0-9,. -]+\): [^ ]/)
		wrong("NOLINT(check): the reason", remark)
	for (r = 1; r <= n_rules; r++) {
		if (index(allow[r], " " folder " ") || index(allow[r], " " file " ") || (test && index(allow[r], " tests ")))
			continue
		if (text ~ match_[r] && !(text ~ /static (const|pthread_once_t)/ && remedy_[r] ~ /^no state/)) {
			wrong(remedy_[r], text)
		}
	}
}

END { exit bad }
