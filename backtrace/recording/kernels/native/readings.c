/* Statistics of many tensors in one pass over their memory, on the CPU; kernel.py calls it.
 *
 * Plain C without Python.h, loaded by ctypes. A tensor is cut into chunks, a chunk into tiles that
 * stay in the first cache. What the chunks come to is added up in their order, so that the bits do
 * not depend on how many threads there were.
 */

#include <math.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#if defined(__x86_64__)
#include <immintrin.h>
#endif

enum { ABI = 4 };
enum work { READ, STEP, SAME, TOTAL };
enum kind { F32, F64, F16, BF16 };
enum { LANES = 16, TILE = 1024, CHUNK = 16 * TILE };
enum { INLINE = 64 * 1024 }; /* elements below which one thread does all */
enum { LINE = 64, AHEAD = 16 }; /* bytes that are looked at of each stretch; how many are fetched */

union number { uint32_t bits; float value; };

struct lanes {
  double sum[LANES], square[LANES], low[LANES], high[LANES];
  int64_t zeros, nonfinite;
  int has_nan;
};

struct loops {
  void (*widen_f16)(const void *, float *, int);
  void (*widen_bf16)(const void *, float *, int);
  void (*subtract_f32)(const float *, const float *, float *, int);
  void (*subtract_f64)(const double *, const double *, double *, int);
  void (*add_f32)(const float *, int, struct lanes *, const char *);
  void (*add_f64)(const double *, int, struct lanes *, const char *);
  void (*sum_f32)(const float *, int, double *);
  void (*sum_f64)(const double *, int, double *);
};

/* LOWER(a, b) is a < b ? a : b in each element, HIGHER the same with >. The square of a float is
 * exact in a double: to fuse it with what it is added to leaves the bits as they are. WIDEN makes
 * doubles of floats, in one instruction where gcc would make four of `__builtin_convertvector`. */
#define PLUS_SQUARE(a, sum) ((sum) + (a) * (a))
#if defined(__x86_64__)
#define PLAIN "sse2"
#define LOWER32 _mm_min_ps
#define HIGHER32 _mm_max_ps
#define LOWER64 _mm_min_pd
#define HIGHER64 _mm_max_pd
#else
#define PLAIN "plain"
#define CHOOSE(a, b, mask) ((__typeof__(a))(((mask) & (__typeof__(mask))(a)) | (~(mask) & (__typeof__(mask))(b))))
#define LOWER32(a, b) CHOOSE(a, b, (a) < (b))
#define HIGHER32(a, b) CHOOSE(a, b, (a) > (b))
#define LOWER64 LOWER32
#define HIGHER64 HIGHER32
#endif
#define PLUS_EXACT_SQUARE PLUS_SQUARE
#define WIDEN(a) __builtin_convertvector(a, plain_doubles)
#define TARGET
#define WIDTH 16
#define NAME(name) plain_##name
#include "loops.h"

#if defined(__x86_64__)
#define TARGET __attribute__((target("avx2,fma")))
#define WIDTH 32
#define NAME(name) avx2_##name
#define PLUS_EXACT_SQUARE(a, sum) _mm256_fmadd_pd(a, a, sum)
#define WIDEN(a) _mm256_cvtps_pd((__m128)(a))
#define LOWER32 _mm256_min_ps
#define HIGHER32 _mm256_max_ps
#define LOWER64 _mm256_min_pd
#define HIGHER64 _mm256_max_pd
#include "loops.h"

#define TARGET __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq")))
#define WIDTH 64
#define NAME(name) avx512_##name
#define PLUS_EXACT_SQUARE(a, sum) _mm512_fmadd_pd(a, a, sum)
#define WIDEN(a) _mm512_cvtps_pd((__m256)(a))
#define LOWER32 _mm512_min_ps
#define HIGHER32 _mm512_max_ps
#define LOWER64 _mm512_min_pd
#define HIGHER64 _mm512_max_pd
#include "loops.h"
#endif

/* ---- instruction sets ---- */

static const struct loops *chosen = &plain_loops;
static const char *chosen_name = PLAIN;

/* Use an instruction set by its name: 1, or 0 where this machine does not have it. */
int bt_choose(const char *name) {
  if (strcmp(name, PLAIN) == 0) {
    chosen = &plain_loops, chosen_name = PLAIN;
    return 1;
  }
#if defined(__x86_64__)
  if (strcmp(name, "avx2") == 0 && __builtin_cpu_supports("avx2") &&
      __builtin_cpu_supports("fma")) {
    chosen = &avx2_loops, chosen_name = "avx2";
    return 1;
  }
  if (strcmp(name, "avx512") == 0 && __builtin_cpu_supports("avx512f") &&
      __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl") &&
      __builtin_cpu_supports("avx512dq")) {
    chosen = &avx512_loops, chosen_name = "avx512";
    return 1;
  }
#endif
  return 0;
}

int bt_abi(void) { return ABI; }

const char *bt_instruction_set(void) { return chosen_name; }

/* ---- one chunk ---- */

static int size_of(int64_t kind) { return kind == F64 ? 8 : kind == F32 ? 4 : 2; }

static void begin(struct lanes *all) {
  memset(all, 0, sizeof *all);
  for (int lane = 0; lane < LANES; lane++) all->low[lane] = INFINITY, all->high[lane] = -INFINITY;
}

/* Whether an element so far was not finite, or a square was beyond the range of a double. */
static int is_suspect(const struct lanes *all) {
  double squares[4] = {0}; /* four sums, which need not wait for one another */
  for (int lane = 0; lane < LANES; lane++) squares[lane % 4] += all->square[lane];
  return !isfinite(squares[0] + squares[1] + squares[2] + squares[3]);
}

static void add_f32(const float *x, int count, struct lanes *all, const char *ahead) {
  chosen->add_f32(x, count, all, ahead);
  if (!is_suspect(all)) return;
  for (int i = 0; i < count; i++) all->nonfinite += !isfinite(x[i]), all->has_nan |= isnan(x[i]);
}

static void add_f64(const double *x, int count, struct lanes *all, const char *ahead) {
  chosen->add_f64(x, count, all, ahead);
  if (!is_suspect(all)) return;
  for (int i = 0; i < count; i++) all->nonfinite += !isfinite(x[i]), all->has_nan |= isnan(x[i]);
}

/* Write six doubles: sum, sum of squares, low, high, zeros, nonfinite. */
static void end(const struct lanes *all, double *to) {
  double sum = 0, square = 0, low = all->low[0], high = all->high[0];
  for (int lane = 0; lane < LANES; lane++) {
    sum += all->sum[lane], square += all->square[lane];
    if (all->low[lane] < low) low = all->low[lane];
    if (all->high[lane] > high) high = all->high[lane];
  }
  if (all->has_nan) sum = square = low = high = NAN;
  to[0] = sum, to[1] = square, to[2] = low, to[3] = high;
  to[4] = (double)all->zeros, to[5] = (double)all->nonfinite;
}

/* Return a tile as floats, in `buffer` where it is of a half type. */
static const float *widen(const char *data, int64_t kind, int count, float *buffer) {
  if (kind == F32) return (const float *)data;
  (kind == F16 ? chosen->widen_f16 : chosen->widen_bf16)(data, buffer, count);
  return buffer;
}

static void read_chunk(const char *data, int64_t kind, int count, double *to) {
  struct lanes all;
  float buffer[TILE];
  begin(&all);
  for (int i = 0; i < count; i += TILE) {
    int size = count - i < TILE ? count - i : TILE;
    const char *tile = data + (int64_t)i * size_of(kind), *next = tile + size * size_of(kind);
    if (kind == F64)
      add_f64((const double *)tile, size, &all, next);
    else
      add_f32(widen(tile, kind, size, buffer), size, &all, next);
  }
  end(&all, to);
}

/* Write one double: the sum, as `read_chunk` finds it. */
static void sum_chunk(const char *data, int64_t kind, int count, double *to) {
  double sums[LANES] = {0};
  float buffer[TILE];
  for (int i = 0; i < count; i += TILE) {
    int size = count - i < TILE ? count - i : TILE;
    const char *tile = data + (int64_t)i * size_of(kind);
    if (kind == F64)
      chosen->sum_f64((const double *)tile, size, sums);
    else
      chosen->sum_f32(widen(tile, kind, size, buffer), size, sums);
  }
  *to = 0;
  for (int lane = 0; lane < LANES; lane++) *to += sums[lane];
}

/* Read the change from `kept` to `data` and then `data`; leave `data` in `kept`. */
static void step_chunk(const char *data, char *kept, int64_t kind, int count, double *to) {
  struct lanes change, value;
  float new[TILE], old[TILE], moved[TILE];
  double moved_wide[TILE];
  begin(&change), begin(&value);
  for (int i = 0; i < count; i += TILE) {
    int size = count - i < TILE ? count - i : TILE;
    int64_t start = (int64_t)i * size_of(kind), next = start + size * size_of(kind);
    if (kind == F64) {
      const double *a = (const double *)(data + start), *b = (const double *)(kept + start);
      chosen->subtract_f64(a, b, moved_wide, size);
      add_f64(moved_wide, size, &change, data + next), add_f64(a, size, &value, kept + next);
    } else {
      const float *a = widen(data + start, kind, size, new);
      const float *b = widen(kept + start, kind, size, old);
      chosen->subtract_f32(a, b, moved, size);
      add_f32(moved, size, &change, data + next), add_f32(a, size, &value, kept + next);
    }
    memcpy(kept + start, data + start, (size_t)size * size_of(kind));
  }
  end(&change, to), end(&value, to + 6);
}

/* ---- a line of each stretch ---- */

struct job { int64_t data, kept, count, kind, stretch, parts; }; /* parts: stretches of a row */

/* Return where the line of a stretch begins: multiples of the golden ratio lie evenly, so that
 * not many rows leave out no column; the last line of all is looked at as well. */
static int64_t find_line(const struct job *job, int64_t number) {
  int64_t size = job->count * size_of(job->kind), lines = (job->stretch + LINE - 1) / LINE;
  uint64_t row = (uint64_t)(number / job->parts + number % job->parts);
  uint64_t part = row * UINT64_C(0x9e3779b97f4a7c15) >> 32;
  int64_t place = (int64_t)(part * (uint64_t)lines >> 32) * LINE;
  if (place > job->stretch - LINE) place = job->stretch - LINE;
  place += number * job->stretch;
  return place + LINE <= size ? place : size - LINE;
}

/* Return the first line that begins with this element or after it; one more for the last. */
static int64_t first_line(const struct job *job, int64_t element) {
  int64_t before = (element * size_of(job->kind) + job->stretch - 1) / job->stretch;
  return element < job->count ? before : before + 1;
}

static uint64_t mix_line(const char *line) {
  uint64_t words[LINE / 8], found = 0;
  memcpy(words, line, LINE);
  for (int i = 0; i < LINE / 8; i++) {
    uint64_t word = (words[i] ^ (words[i] >> 32)) * UINT64_C(0xff51afd7ed558ccd);
    found = (found ^ word ^ (word >> 29)) * UINT64_C(0xc4ceb9fe1a85ec53);
  }
  return found;
}

/* Write what the lines from one element to another come to: whether they are those of the copy,
 * or a number that is another where their bits are. */
static void look_at_lines(const struct job *job, enum work work, int64_t element, int64_t until,
                          double *result) {
  const char *data = (const char *)(intptr_t)job->data, *kept = (const char *)(intptr_t)job->kept;
  int64_t from = first_line(job, element), to = first_line(job, until);
  uint64_t mixed = 0;
  int is_same = 1;
  for (int64_t number = from; number < to; number++) {
    int64_t place = find_line(job, number), next = find_line(job, number + AHEAD);
    __builtin_prefetch(data + next);
    if (work == SAME) {
      __builtin_prefetch(kept + next);
      is_same &= memcmp(data + place, kept + place, LINE) == 0;
    } else {
      mixed += mix_line(data + place) * (2 * (uint64_t)number + 1);
    }
  }
  *result = work == SAME ? is_same : (double)(mixed >> 16); /* the sum of a few of them is exact */
}

/* ---- all chunks ---- */

struct event {
  enum work work;
  const struct job *jobs;
  const int64_t *first; /* the number of each job's first chunk, and of all chunks */
  double *parts;
  atomic_llong next;
};

static int width_of(enum work work) { return work == READ ? 7 : work == STEP ? 12 : 1; }

static void do_chunk(struct event *event, int64_t job, int64_t chunk) {
  const struct job *given = &event->jobs[job];
  int64_t from = (chunk - event->first[job]) * CHUNK, rest = given->count - from;
  int count = (int)(rest < CHUNK ? rest : CHUNK);
  const char *data = (const char *)(intptr_t)given->data + from * size_of(given->kind);
  char *kept = (char *)(intptr_t)given->kept + from * size_of(given->kind);
  double *to = event->parts + chunk * width_of(event->work);
  if (event->work == READ) {
    read_chunk(data, given->kind, count, to);
    to[6] = to[0];
    if (given->stretch) look_at_lines(given, TOTAL, from, from + count, to + 6);
  } else if (event->work == STEP)
    step_chunk(data, kept, given->kind, count, to);
  else if (given->stretch)
    look_at_lines(given, event->work, from, from + count, to);
  else if (event->work == TOTAL)
    sum_chunk(data, given->kind, count, to);
  else
    *to = memcmp(data, kept, (size_t)count * size_of(given->kind)) == 0;
}

/* Take chunks until none is left; numbers round as usual, even if torch flushes subnormal ones. */
static void take_chunks(struct event *event, int64_t jobs) {
#if defined(__x86_64__)
  unsigned mode = _mm_getcsr();
  _mm_setcsr(0x1f80);
#elif defined(__aarch64__)
  uint64_t mode, usual = 0;
  __asm__ volatile("mrs %0, fpcr" : "=r"(mode));
  __asm__ volatile("msr fpcr, %0" : : "r"(usual));
#endif
  int64_t job = 0, chunk;
  while ((chunk = atomic_fetch_add(&event->next, 1)) < event->first[jobs]) {
    while (chunk >= event->first[job + 1]) job++;
    do_chunk(event, job, chunk);
  }
#if defined(__x86_64__)
  _mm_setcsr(mode);
#elif defined(__aarch64__)
  __asm__ volatile("msr fpcr, %0" : : "r"(mode));
#endif
}

/* ---- threads ---- */

/* Those of torch's OpenMP: they spin for a while after each of torch's operations, so that threads
 * of our own would find no core. library.py finds these two functions. */
static void (*run_in_team)(void (*)(void *), void *, unsigned, unsigned); /* GOMP_parallel */
static int (*pause_team)(int); /* omp_pause_resource_all */
static atomic_int is_team_used;

/* OpenMP would wait for these threads in a child of `fork`, which has none of them. They are let
 * go before, as a program that forks before torch has worked must not hang for what we did. */
static void let_team_go(void) {
  if (atomic_load(&is_team_used)) pause_team(1); /* omp_pause_soft */
}

/* Use the threads of an OpenMP from now on: 1, or 0 where that is not possible. */
int bt_use_team(void (*run)(void (*)(void *), void *, unsigned, unsigned), int (*pause)(int)) {
  if (run_in_team != NULL) return 1;
  if (pthread_atfork(let_team_go, NULL, NULL)) return 0;
  pause_team = pause, run_in_team = run;
  return 1;
}

struct share { struct event *event; int64_t jobs; };

static void take_share(void *given) {
  const struct share *share = given;
  take_chunks(share->event, share->jobs);
}

static void share_chunks(struct event *event, int64_t jobs, int threads) {
  struct share share = {event, jobs};
  if (threads > event->first[jobs]) threads = (int)event->first[jobs];
  if (threads < 2 || run_in_team == NULL) {
    take_share(&share);
    return;
  }
  atomic_store(&is_team_used, 1);
  run_in_team(take_share, &share, (unsigned)threads, 0);
}

/* ---- an event ---- */

static void combine(enum work work, const double *part, double *to) {
  if (work == SAME) {
    *to = *to && *part;
    return;
  }
  if (work == TOTAL) {
    *to += *part;
    return;
  }
  for (int i = 0; i + 6 <= width_of(work); i += 6) {
    to[i] += part[i], to[i + 1] += part[i + 1];
    if (isnan(part[i + 2]) || part[i + 2] < to[i + 2]) to[i + 2] = part[i + 2];
    if (isnan(part[i + 3]) || part[i + 3] > to[i + 3]) to[i + 3] = part[i + 3];
    to[i + 4] += part[i + 4], to[i + 5] += part[i + 5];
  }
  if (work == READ) to[6] += part[6];
}

/* Do one work on all jobs; write its doubles for each. 0, or 1 where there was no memory. */
int bt_run(int work, const struct job *jobs, int64_t count, int threads, double *results) {
  int64_t *first = malloc((size_t)(count + 1) * sizeof *first), elements = 0;
  if (first == NULL) return 1;
  first[0] = 0;
  for (int64_t job = 0; job < count; job++) {
    first[job + 1] = first[job] + (jobs[job].count + CHUNK - 1) / CHUNK;
    elements += jobs[job].count;
  }
  int width = width_of(work);
  struct event event = {.work = work, .jobs = jobs, .first = first};
  event.parts = malloc((size_t)(first[count] + 1) * width * sizeof(double));
  if (event.parts == NULL) {
    free(first);
    return 1;
  }
  share_chunks(&event, count, elements < INLINE ? 1 : threads);
  for (int64_t job = 0; job < count; job++) {
    double *to = results + job * width;
    for (int i = 0; i < width; i++) to[i] = work == SAME;
    for (int64_t chunk = first[job]; chunk < first[job + 1]; chunk++)
      if (chunk == first[job])
        memcpy(to, event.parts + chunk * width, width * sizeof(double));
      else
        combine(work, event.parts + chunk * width, to);
  }
  free(event.parts), free(first);
  return 0;
}

/* The best instruction set of this machine, when the library is loaded. */
__attribute__((constructor)) static void choose_best(void) {
#if defined(__x86_64__)
  __builtin_cpu_init();
#endif
  if (!bt_choose("avx512")) bt_choose("avx2");
}
