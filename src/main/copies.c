/* `kontor dump` and `kontor move`. */
#include <zlib.h>

#include "main/copies.h"

#include <errno.h>
#include <fcntl.h>

#include "base/heap.h"
#include "base/i18n.h"
#include "main/progress.h"

enum { CHUNK = 64 << 10, SHOW_EVERY = 5000, CX_MEM = 1 << 30 };

/* ---- writing ---- */

struct sink {
	gzFile file;
	const char *path; /* for messages */
	struct progress progress;
	int64_t lines;
};

static bool
sink_failed(struct cx *cx, const struct sink *sink)
{
	return fail(cx, E_IO, "%s cannot be written: %s; make room, or name another place",
		    sink->path, strerror(errno));
}

static bool
sink_take(struct cx *cx, void *to, struct str line)
{
	struct sink *sink = to;

	if (++sink->lines % SHOW_EVERY == 0)
		progress_show(&sink->progress, sink->lines, sink->lines);
	return (gzwrite(sink->file, line.p, (unsigned)line.n) == (int)line.n &&
		gzputc(sink->file, '\n') == '\n') ||
	       sink_failed(cx, sink);
}

/* "wT": as it is. */
static bool
sink_write(struct cx *cx, int fd, const char *path, bool compressed)
{
	struct sink sink = { .path = path, .progress = { .of = tr(cx, "rows") } };
	bool done;

	sink.file = gzdopen(fd, compressed ? "wb6" : "wbT");
	if (!sink.file) {
		close(fd);
		return sink_failed(cx, &sink);
	}
	done = store_count(cx, &sink.progress.total) && store_dump(cx, sink_take, &sink);
	progress_end(&sink.progress);
	return gzclose(sink.file) == Z_OK ? done : sink_failed(cx, &sink);
}

static bool
file_synced(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	bool done = fd >= 0 && fsync(fd) == 0;

	if (fd >= 0)
		close(fd);
	return done;
}

bool
dump_to_file(struct cx *cx, const char *path, bool compressed)
{
	const char *part = str_printf(cx->mem, "%s.part", path).p;
	int fd = open(part, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	bool done;

	if (fd < 0)
		return fail(cx, E_IO, "%s cannot be written: %s; name another place", path,
			    strerror(errno));
	done = sink_write(cx, fd, path, compressed) &&
	       (file_synced(part) || fail(cx, E_IO, "%s cannot be synced to the disk", path));
	if (done && link(part, path))
		done = fail(cx, errno == EEXIST ? E_CONFLICT : E_IO,
			    "%s cannot be made: %s; name a new file", path, strerror(errno));
	unlink(part);
	return done;
}

int
run_dump(struct cx *cx, struct args *args)
{
	struct str out = args_get(args, "out");
	struct house house = { 0 };
	bool ok = house_open(cx, &args->config, 0, &house) && db_begin_read(cx);

	if (ok && out.n && !str_eq(out, S("-")))
		ok = dump_to_file(cx, str_z(cx->mem, out), str_ends(out, S(".gz")));
	else if (ok)
		ok = sink_write(cx, dup(STDOUT_FILENO), tr(cx, "standard output"), false);
	house_close(cx, &house);
	return command_done(cx, ok);
}

/* ---- reading ---- */

struct reader {
	gzFile file;
	const char *path;
	struct load *load;
	struct buf line;
	struct progress progress;
	int64_t lines;
};

static bool
reader_chunk(struct cx *cx, struct reader *r, struct str chunk)
{
	while (chunk.n) {
		bool ends = memchr(chunk.p, '\n', chunk.n) != NULL;

		buf_str(&r->line, str_cut(&chunk, '\n'));
		if (r->line.full)
			return fail(cx, E_TOO_BIG, "%s: line %lld is too long", r->path,
				    (long long)r->lines + 1);
		if (!ends)
			return true;
		if (!load_line(cx, r->load, buf_done(&r->line)))
			return false;
		buf_clear(&r->line);
		if (++r->lines % SHOW_EVERY == 0)
			progress_show(&r->progress, 0, r->lines);
	}
	return true;
}

static bool
reader_run(struct cx *cx, struct reader *r)
{
	char chunk[CHUNK];
	int n, code;

	while ((n = gzread(r->file, chunk, sizeof chunk)) > 0)
		if (!reader_chunk(cx, r, (struct str){ chunk, (size_t)n }))
			return false;
	gzerror(r->file, &code);
	if (n < 0 || code == Z_BUF_ERROR)
		return fail(cx, E_IO, "%s is damaged, or cut short; take another backup", r->path);
	return true;
}

bool
load_from_file(struct cx *cx, const char *path, const struct store_options *options, int64_t *rows)
{
	struct reader r = { .path = path, .progress = { .of = tr(cx, "rows") } };
	bool done;

	r.file = gzopen(path, "rb");
	if (!r.file)
		return fail(cx, E_MISSING, "%s cannot be read: %s", path, strerror(errno));
	r.line = buf_heap(DUMP_LINE_MAX);
	done = load_begin(cx, options, &r.load) && reader_run(cx, &r) &&
	       load_end(cx, &r.load, rows);
	load_abandon(cx, &r.load);
	progress_end(&r.progress);
	buf_fini(&r.line);
	gzclose(r.file);
	return done;
}

/* ---- from one database to another ---- */

struct transfer {
	struct cx *to; /* a unit of its own */
	struct load *load;
	struct progress progress;
	int64_t lines;
};

/* What failed there is what failed here. */
static bool
fail_as(struct cx *cx, const struct cx *other)
{
	struct str why = other->err.why.n ? other->err.why : str_of(err_row(other->err.code)->text);

	return fail(cx, other->err.code, "%.*s", STR_FMT(why));
}

static bool
transfer_take(struct cx *cx, void *to, struct str line)
{
	struct transfer *t = to;

	if (++t->lines % SHOW_EVERY == 0)
		progress_show(&t->progress, t->lines, t->lines);
	return load_line(t->to, t->load, line) || fail_as(cx, t->to);
}

/* Nothing may have been written here since the copy began. */
static bool
is_unchanged(struct cx *cx, int64_t head)
{
	int64_t now;
	bool read;

	db_rollback(cx);
	read = db_begin_read(cx) && store_head(cx, &now);
	db_rollback(cx);
	if (!read)
		return false;
	return now == head ||
	       fail(cx, E_CONFLICT,
		    "%lld changesets were written during the copy, and are not in it; stop the server, "
		    "empty the target, and move again",
		    (long long)(now - head));
}

static bool
transfer_run(struct cx *cx, struct transfer *t, const struct store_options *options, int64_t *rows)
{
	int64_t head;

	if (!load_begin(t->to, options, &t->load))
		return fail_as(cx, t->to);
	if (!db_begin_read(cx) || !store_head(cx, &head) || !store_count(cx, &t->progress.total) ||
	    !store_dump(cx, transfer_take, t))
		return false;
	if (!load_end(t->to, &t->load, rows))
		return fail_as(cx, t->to);
	progress_end(&t->progress);
	return is_unchanged(cx, head);
}

static bool
transfer_open(struct cx *cx, struct str address, struct cx *to)
{
	struct db_options options = { 0 };

	to->lang = cx->lang;
	to->zone = cx->zone;
	to->actor = actor_system(to);
	return db_open(to, address, options, &to->db) || fail_as(cx, to);
}

static bool
move(struct cx *cx, const struct config *config, struct str address, int64_t *rows)
{
	struct transfer t = { .to = cx_new(cx->env, CX_MEM), .progress = { .of = tr(cx, "rows") } };
	struct store_options options = house_store(cx, config);
	bool done = transfer_open(cx, address, t.to) && transfer_run(cx, &t, &options, rows);

	progress_end(&t.progress);
	load_abandon(t.to, &t.load);
	if (t.to->db)
		db_close(&t.to->db);
	cx_free(&t.to);
	return done;
}

int
run_move(struct cx *cx, struct args *args)
{
	struct str to = args_get(args, "to");
	struct house house = { 0 };
	int64_t rows;
	bool ok;

	if (!to.n)
		return command_done(
			cx,
			fail(cx, E_USAGE,
			     "Say where to: --to postgres://USER:PASSWORD@HOST/DATABASE, or --to FILE"));
	ok = house_open(cx, &args->config, 0, &house) && move(cx, &args->config, to, &rows);
	if (ok) {
		struct str keyring = config_keyring(cx, &args->config);

		printf(tr(cx, "%lld rows were copied and compared.\n"), (long long)rows);
		printf(tr(cx, "The keys stay in %.*s: serve the copy with the same folder, or with "
			      "--keyring.\n"),
		       STR_FMT(keyring));
	}
	house_close(cx, &house);
	return command_done(cx, ok);
}
