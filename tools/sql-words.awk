# Words that mean different things on the two databases, or nothing on one of them, and writes past
# the pipeline.  Input: lines FILE:LINE <tab> SQL (tools/sql-literals.awk).  Ends with 1 on a finding.
function rule(pattern, remedy) {
	patterns[++n] = pattern
	remedies[n] = remedy
}

BEGIN {
	FS = "\t"
	w = "(^|[^A-Z0-9_\"'])"
	rule(w "I?LIKE[^A-Z_]", "LIKE: a folded …_key column and a range")
	rule(w "(LOWER|UPPER) *\\(", "fold in the program: a …_key column")
	rule(w "(NOW|DATE|DATETIME|STRFTIME|TO_CHAR) *\\(|" w "CURRENT_(TIMESTAMP|DATE|TIME)", "bind cx->now")
	rule(w "(TRUE|FALSE)([^A-Z_]|$)", "0 and 1")
	rule("::", "CAST(x AS type), or bind the right type")
	rule(w "ANY *\\(", "IN (SELECT …)")
	rule(w "(INSTR|STRPOS|POSITION) *\\(", "search in the program")
	rule(w "(GROUP_CONCAT|STRING_AGG) *\\(", "join in the program")
	rule(w "(GREATEST|LEAST) *\\(|" w "(MAX|MIN) *\\([^()]*,", "CASE WHEN a > b THEN a ELSE b END")
	rule(w "(IIF|IF|IFNULL|NVL) *\\(", "CASE or coalesce")
	rule("->", "parse JSON in the program")
	rule(w "RANDOM *\\(", "bind a number from cx->env")
	rule("(FROM|JOIN) *\\( *VALUES", "WITH name(column) AS (VALUES …)")
	rule(w "FOR (UPDATE|SHARE)", "the dialect's lock_row, through record/ or db/")
	rule("\\?[0-9]+ IS (NOT )?NULL", "two statements: the type of ?n alone is not known")
	rule("\\?([^0-9]|$)", "numbered placeholders: ?1")
	rule("\\$[0-9]", "?1: the driver rewrites it")
	rule(w "(INSERT|UPDATE) OR |REPLACE INTO|AUTOINCREMENT|" w "SERIAL|ROWID", "the common subset: ON CONFLICT …")
	rule("SELECT \\*", "name the columns")
	rule(";", "one statement without a semicolon")
}

{
	# What stands between single quotes is data.
	sql = toupper($2)
	gsub(/'[^']*'/, "''", sql)
	for (r = 1; r <= n; r++)
		if (sql ~ patterns[r]) {
			printf "%s: %s\n\t%s\n", $1, remedies[r], $2
			bad = 1
		}
	if ($1 ~ /src\/(record|db)\//)
		next
	rest = sql
	while (match(rest, /(INSERT INTO|DELETE FROM|UPDATE) +"?[A-Z_]+/)) {
		table = substr(rest, RSTART, RLENGTH)
		before = substr(rest, 1, RSTART - 1)
		rest = substr(rest, RSTART + RLENGTH)
		sub(/.*[ "]/, "", table)
		if (table !~ /^SYS_/ && table != "SET" && before !~ /DO $/) {
			printf "%s: business data are changed through record_save alone\n\t%s\n", $1, $2
			bad = 1
		}
	}
}

END { exit bad }
