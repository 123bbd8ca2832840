#define KONTOR_BASE
#include "base/cx.h"
#include "base/heap.h"

#include <sodium.h>

enum { MS = 1000, US_PER_S = 1000000, NS_PER_US = 1000, NS_PER_MS = 1000000 };

static int64_t
real_now_ms(struct env *env)
{
	struct timespec t;

	(void)env;
	clock_gettime(CLOCK_REALTIME, &t);
	return (int64_t)t.tv_sec * MS + t.tv_nsec / NS_PER_MS;
}

static int64_t
real_monotonic_us(struct env *env)
{
	struct timespec t;

	(void)env;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * US_PER_S + t.tv_nsec / NS_PER_US;
}

static void
real_random(struct env *env, void *out, size_t n)
{
	(void)env;
	randombytes_buf(out, n);
}

static void
real_wait_ms(struct env *env, int64_t ms)
{
	struct timespec t = { ms / MS, ms % MS * NS_PER_MS };

	(void)env;
	nanosleep(&t, NULL);
}

struct env env_real = { real_now_ms, real_monotonic_us, real_random, real_wait_ms, NULL };

static int64_t
fake_now_ms(struct env *env)
{
	return ((struct env_fake *)env->state)->now;
}

static int64_t
fake_monotonic_us(struct env *env)
{
	return ((struct env_fake *)env->state)->now * MS;
}

/* splitmix64 (Steele, Lea, Flood 2014). */
static void
fake_random(struct env *env, void *out, size_t n)
{
	struct env_fake *fake = env->state;
	unsigned char *p = out;

	for (size_t i = 0; i < n; i++) {
		uint64_t z;

		__builtin_add_overflow(fake->seed, (uint64_t)0x9e3779b97f4a7c15u, &fake->seed);
		z = fake->seed;
		__builtin_mul_overflow(z ^ z >> 30, (uint64_t)0xbf58476d1ce4e5b9u, &z);
		__builtin_mul_overflow(z ^ z >> 27, (uint64_t)0x94d049bb133111ebu, &z);
		p[i] = (unsigned char)(z ^ z >> 31);
	}
}

static void
fake_wait_ms(struct env *env, int64_t ms)
{
	((struct env_fake *)env->state)->now += ms;
}

void
env_fake_init(struct env_fake *fake, int64_t now_ms, uint64_t seed)
{
	fake->env = (struct env){ fake_now_ms, fake_monotonic_us, fake_random, fake_wait_ms, fake };
	fake->now = now_ms;
	fake->seed = seed;
}

struct cx *
cx_new(struct env *env, size_t max_bytes)
{
	struct cx *cx = heap_new(sizeof *cx);

	cx->mem = arena_new(max_bytes);
	cx->env = env;
	cx_tick(cx);
	return cx;
}

void
cx_free(struct cx **cx)
{
	if (!*cx)
		return;
	arena_free(&(*cx)->mem);
	heap_free(*cx);
	*cx = NULL;
}

void
cx_reset(struct cx *cx)
{
	struct cx keep = { .mem = cx->mem, .env = cx->env, .db = cx->db, .store = cx->store };

	arena_reset(cx->mem);
	*cx = keep;
	cx_tick(cx);
}

void
cx_tick(struct cx *cx)
{
	cx->now = cx->env->now_ms(cx->env);
}
