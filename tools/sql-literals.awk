# Every literal given to db_sql, out of preprocessed C (cc -E), so that macros inside a text are
# resolved and texts side by side are one:   FILE:LINE <tab> SQL
# db_sql(cx, "a" B "c") has become   db_prepare((cx), ((struct str){ "" "a" "b" "c" "", … }))
function emit() {
	gsub(/[ \t\n]+/, " ", sql)
	print place "\t" sql
}

# The text that begins behind the quote at `i` of `line`; sets `i` to its closing quote.
function unquoted(   out, c) {
	while (++i <= n) {
		c = substr(line, i, 1)
		if (c == "\"")
			return out
		if (c == "\\") {
			c = substr(line, ++i, 1)
			c = c == "n" || c == "t" ? " " : c
		}
		out = out c
	}
	return out
}

/^# [0-9]+ "/ {
	number = $2 - 1
	file = $3
	gsub(/"/, "", file)
	next
}

{
	number++
	# What is not within a call of db_prepare is of no interest.
	if (!state && index($0, "db_prepare") == 0)
		next
	line = $0
	n = length(line)
	for (i = 1; i <= n; i++) {
		c = substr(line, i, 1)
		if (!state) {
			at = index(substr(line, i), "db_prepare")
			if (!at)
				break
			i += at + length("db_prepare") - 2
			state = 1
			depth = 0
			sql = ""
			place = file ":" number
			continue
		}
		if (c ~ /[ \t]/)
			continue
		if (c == "\"") {
			text = unquoted()
			if (state == 3) sql = sql text
			continue
		}
		if (c == "(") depth++
		if (c == ")") depth--
		if (state == 1 && c == "," && depth == 1) {
			state = 2
			rest = substr(line, i + 1)
			continue
		}
		# Only the compound literal of S("" … "") counts; a variable is the query builder.
		if (state == 2 && c == "{") { state = 3; continue }
		if (state == 3 && c == ",") { emit(); state = 4; continue }
		if (depth == 0)
			state = 0
	}
}
