/* For the tests of db/ alone: a file system that fails when it is told to. */
#ifndef KONTOR_DB_TEST_FAULTS_H
#define KONTOR_DB_TEST_FAULTS_H

#include <sqlite3.h>

#include <stdatomic.h>

#include "db/test.h"

struct faults {
	sqlite3_vfs vfs, *real;
	sqlite3_io_methods methods;
	atomic_int sync_log;  /* so many synchronisations of the log fail */
	atomic_int write_log; /* so many writes to the log fail */
	atomic_int write_code;
	atomic_int every; /* one synchronisation of so many fails; 0: none */
	atomic_int n_syncs;
};

struct faulty_file {
	sqlite3_file base;
	struct faults *faults;
	bool is_log;
	sqlite3_file *real;
};

#define FILE_OF(file) ((struct faulty_file *)(file))
#define REAL(file) (FILE_OF(file)->real)

static inline bool
is_due(atomic_int *count)
{
	int n = atomic_load(count);

	while (n > 0)
		if (atomic_compare_exchange_weak(count, &n, n - 1))
			return true;
	return false;
}

static inline int
faulty_close(sqlite3_file *file)
{
	return REAL(file)->pMethods->xClose(REAL(file));
}

static inline int
faulty_read(sqlite3_file *file, void *p, int n, sqlite3_int64 at)
{
	return REAL(file)->pMethods->xRead(REAL(file), p, n, at);
}

static inline int
faulty_write(sqlite3_file *file, const void *p, int n, sqlite3_int64 at)
{
	struct faults *faults = FILE_OF(file)->faults;

	if (FILE_OF(file)->is_log && is_due(&faults->write_log))
		return atomic_load(&faults->write_code);
	return REAL(file)->pMethods->xWrite(REAL(file), p, n, at);
}

static inline int
faulty_truncate(sqlite3_file *file, sqlite3_int64 size)
{
	return REAL(file)->pMethods->xTruncate(REAL(file), size);
}

static inline int
faulty_sync(sqlite3_file *file, int flags)
{
	struct faults *faults = FILE_OF(file)->faults;
	int every = atomic_load(&faults->every);

	if (FILE_OF(file)->is_log && is_due(&faults->sync_log))
		return SQLITE_IOERR_FSYNC;
	if (every && atomic_fetch_add(&faults->n_syncs, 1) % every == every - 1)
		return SQLITE_IOERR_FSYNC;
	return REAL(file)->pMethods->xSync(REAL(file), flags);
}

static inline int
faulty_size(sqlite3_file *file, sqlite3_int64 *size)
{
	return REAL(file)->pMethods->xFileSize(REAL(file), size);
}

static inline int
faulty_lock(sqlite3_file *file, int lock)
{
	return REAL(file)->pMethods->xLock(REAL(file), lock);
}

static inline int
faulty_unlock(sqlite3_file *file, int lock)
{
	return REAL(file)->pMethods->xUnlock(REAL(file), lock);
}

static inline int
faulty_check(sqlite3_file *file, int *out)
{
	return REAL(file)->pMethods->xCheckReservedLock(REAL(file), out);
}

static inline int
faulty_control(sqlite3_file *file, int what, void *arg)
{
	return REAL(file)->pMethods->xFileControl(REAL(file), what, arg);
}

static inline int
faulty_sector(sqlite3_file *file)
{
	return REAL(file)->pMethods->xSectorSize(REAL(file));
}

static inline int
faulty_device(sqlite3_file *file)
{
	return REAL(file)->pMethods->xDeviceCharacteristics(REAL(file));
}

static inline int
faulty_shm_map(sqlite3_file *file, int page, int size, int extend, void volatile **out)
{
	return REAL(file)->pMethods->xShmMap(REAL(file), page, size, extend, out);
}

static inline int
faulty_shm_lock(sqlite3_file *file, int at, int n, int flags)
{
	return REAL(file)->pMethods->xShmLock(REAL(file), at, n, flags);
}

static inline void
faulty_shm_barrier(sqlite3_file *file)
{
	REAL(file)->pMethods->xShmBarrier(REAL(file));
}

static inline int
faulty_shm_unmap(sqlite3_file *file, int remove)
{
	return REAL(file)->pMethods->xShmUnmap(REAL(file), remove);
}

static inline int
faulty_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags, int *out)
{
	struct faults *faults = vfs->pAppData;
	struct faulty_file *mine = FILE_OF(file);
	int code;

	mine->faults = faults;
	mine->is_log = (flags & SQLITE_OPEN_WAL) != 0;
	mine->real = (sqlite3_file *)(mine + 1);
	code = faults->real->xOpen(faults->real, name, mine->real, flags, out);
	mine->base.pMethods = mine->real->pMethods ? &faults->methods : NULL;
	return code;
}

static const sqlite3_io_methods METHODS = {
	.iVersion = 2,
	.xClose = faulty_close,
	.xRead = faulty_read,
	.xWrite = faulty_write,
	.xTruncate = faulty_truncate,
	.xSync = faulty_sync,
	.xFileSize = faulty_size,
	.xLock = faulty_lock,
	.xUnlock = faulty_unlock,
	.xCheckReservedLock = faulty_check,
	.xFileControl = faulty_control,
	.xSectorSize = faulty_sector,
	.xDeviceCharacteristics = faulty_device,
	.xShmMap = faulty_shm_map,
	.xShmLock = faulty_shm_lock,
	.xShmBarrier = faulty_shm_barrier,
	.xShmUnmap = faulty_shm_unmap,
};

static inline void
faults_begin(struct faults *faults)
{
	*faults = (struct faults){ .real = sqlite3_vfs_find(NULL), .methods = METHODS };
	faults->vfs = *faults->real;
	faults->vfs.zName = "faulty";
	faults->vfs.szOsFile = (int)sizeof(struct faulty_file) + faults->real->szOsFile;
	faults->vfs.xOpen = faulty_open;
	faults->vfs.pAppData = faults;
	sqlite3_vfs_register(&faults->vfs, 1);
}

#endif
