#include "main/progress.h"

enum { PER_CENT = 100 };

void
progress_show(struct progress *progress, int64_t done, int64_t count)
{
	if (!isatty(STDERR_FILENO))
		return;
	fputs("\r\033[K", stderr);
	if (progress->total > 0)
		fprintf(stderr, "%3d %% ",
			(int)((double)done / (double)progress->total * PER_CENT));
	if (count >= 0)
		fprintf(stderr, "%lld %s", (long long)count, progress->of);
	fflush(stderr);
	progress->shown = true;
}

void
progress_end(struct progress *progress)
{
	if (progress->shown)
		fputs("\r\033[K", stderr);
}
