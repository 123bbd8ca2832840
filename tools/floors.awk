# Who may include whom.  A floor includes lower floors only; folders of one floor do not see each
# other; a foreign library is seen by one folder.
#   awk -f tools/floors.awk src/*/*.[ch]        prints what is wrong; ends with 1 then
BEGIN {
	split("base 0 db 1 model 1 record 2 data 3 flow 3 app 4 stats 4 http 4 web 5 api 5 channel 5 main 6", t, " ")
	for (i = 1; i in t; i += 2)
		floor[t[i]] = t[i + 1]
	split("sqlite3.h db libpq-fe.h db microhttpd.h http sodium.h base phonenumbers/ base unicode/ base xlsxwriter.h data libxml/ data archive.h data archive_entry.h data", t, " ")
	for (i = 1; i in t; i += 2)
		home[t[i]] = t[i + 1]
	# What the build generates, and the lowest floor that may know it.
	generated["version.h"] = 6
	generated["model_ids.h"] = 1
}

function wrong(text) {
	printf "%s:%d: %s\n", FILENAME, FNR, text
	bad = 1
}

FNR == 1 {
	n = split(FILENAME, part, "/")
	own = part[n - 1]
	name = part[n]
	if (!(own in floor))
		wrong("src/" own "/ is on no floor; add it to tools/floors.awk and to the design")
}

!/^[ \t]*#[ \t]*include/ { next }

/<[^>]*>/ {
	path = $0
	sub(/^[^<]*</, "", path)
	sub(/>.*/, "", path)
	for (library in home)
		if (index(path, library) == 1 && own != home[library])
			wrong("<" path "> is seen by " home[library] "/ alone; call what " home[library] "/ offers")
	next
}

/"[^"]*"/ {
	path = $0
	sub(/^[^"]*"/, "", path)
	sub(/".*/, "", path)
	if (path in generated) {
		if (floor[own] < generated[path])
			wrong(own "/ stands too low for " path)
		next
	}
	if (split(path, part, "/") != 2) {
		wrong("include \"" path "\" by its floor: \"folder/file.h\"")
		next
	}
	other = part[1]
	# Who includes whom, to find the program's files that see a header of the tests.
	edge[++n_edges] = own "/" name " " path
	place[n_edges] = FILENAME ":" FNR
	if (!(other in floor)) {
		wrong("\"" path "\" is on no floor")
	} else if (other != own && floor[other] == floor[own]) {
		wrong(own "/ and " other "/ stand on one floor and may not include each other")
	} else if (floor[other] > floor[own]) {
		wrong(own "/ (floor " floor[own] ") may not include " other "/ (floor " floor[other] ")")
	}
}

END {
	# A header that includes a test.h, by whatever way, is for tests.
	do {
		grown = 0
		for (i = 1; i <= n_edges; i++) {
			split(edge[i], pair, " ")
			if ((pair[2] ~ /\/test\.h$/ || pair[2] in tests) && pair[1] ~ /\.h$/ && !(pair[1] in tests))
				grown = tests[pair[1]] = 1
		}
	} while (grown)
	for (i = 1; i <= n_edges; i++) {
		split(edge[i], pair, " ")
		if (pair[1] ~ /\.c$/ && pair[1] !~ /_(test|fuzz)\.c$/ && (pair[2] ~ /\/test\.h$/ || pair[2] in tests)) {
			print place[i] ": " pair[2] " is for tests"
			bad = 1
		}
	}
	exit bad
}
