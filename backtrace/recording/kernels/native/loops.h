/* The loops over one tile: included once for each instruction set, which TARGET and NAME say.
 *
 * Element i goes into lane i % LANES whatever the width of a vector, and what is fused into one
 * operation is exact before it is added: so all instruction sets come to the same bits.
 */

TARGET static void NAME(widen_f16)(const void *source, float *restrict to, int count) {
  const uint16_t *restrict from = source;
  for (int i = 0; i < count; i++) {
    uint32_t bits = from[i], size = bits & 0x7fff;
    union number normal = {(size << 13) + (UINT32_C(0xe0) << 23)};
    union number subnormal = {size | (UINT32_C(126) << 23)};
    normal.value *= 0x1p-112f;
    subnormal.value -= 0.5f;
    uint32_t is_subnormal = -(uint32_t)((int32_t)size < 0x400);
    uint32_t widened = (is_subnormal & subnormal.bits) | (~is_subnormal & normal.bits);
    to[i] = ((union number){widened | (bits & 0x8000) << 16}).value;
  }
}

TARGET static void NAME(widen_bf16)(const void *source, float *restrict to, int count) {
  const uint16_t *restrict from = source;
  for (int i = 0; i < count; i++) to[i] = ((union number){(uint32_t)from[i] << 16}).value;
}

TARGET static void NAME(subtract_f32)(const float *a, const float *b, float *restrict to, int count) {
  for (int i = 0; i < count; i++) to[i] = a[i] - b[i];
}

TARGET static void NAME(subtract_f64)(const double *a, const double *b, double *restrict to, int count) {
  for (int i = 0; i < count; i++) to[i] = a[i] - b[i];
}

/* A vector of WIDTH bytes of a type, and what its comparisons give. */
typedef double NAME(doubles) __attribute__((vector_size(WIDTH)));
typedef float NAME(floats) __attribute__((vector_size(WIDTH)));
typedef float NAME(half) __attribute__((vector_size(WIDTH / 2))); /* as many as doubles */
typedef int32_t NAME(counts32) __attribute__((vector_size(WIDTH)));
typedef int64_t NAME(counts64) __attribute__((vector_size(WIDTH)));

/* The lanes of one vector at a time, as those of all five statistics do not fit the registers.
 * Meanwhile as much memory is fetched from `ahead`, which is gone through next: at the end of a
 * page the machine would not guess it. */
#define ADD(FUNCTION, TYPE, VECTOR, NARROW, COUNT, COUNTS, LOWER, HIGHER, PLUS_SQUARE, WIDEN) \
  TARGET static void NAME(FUNCTION)(const TYPE *x, int count, struct lanes *all,              \
                                   const char *ahead) {                                       \
    enum { WIDE = WIDTH / 8, EACH = WIDTH / (int)sizeof(TYPE), PARTS = EACH / WIDE };         \
    TYPE lows[LANES], highs[LANES];                                                           \
    COUNT zero[LANES];                                                                        \
    int whole = count - count % LANES;                                                        \
    for (int lane = 0; lane < LANES; lane++)                                                  \
      lows[lane] = (TYPE)all->low[lane], highs[lane] = (TYPE)all->high[lane];                 \
    for (int lane = 0; lane < LANES; lane += EACH) {                                          \
      NAME(doubles) sum[PARTS], square[PARTS];                                                \
      VECTOR low, high;                                                                       \
      COUNTS zeros = {0};                                                                     \
      memcpy(sum, all->sum + lane, sizeof sum);                                               \
      memcpy(square, all->square + lane, sizeof square);                                      \
      memcpy(&low, lows + lane, sizeof low);                                                  \
      memcpy(&high, highs + lane, sizeof high);                                               \
      for (int i = lane; i < whole; i += LANES) {                                             \
        VECTOR given;                                                                         \
        if (lane == 0) __builtin_prefetch(ahead + i * sizeof(TYPE));                          \
        memcpy(&given, x + i, sizeof given);                                                  \
        for (int k = 0; k < PARTS; k++) {                                                     \
          NARROW part;                                                                        \
          memcpy(&part, x + i + k * WIDE, sizeof part);                                       \
          NAME(doubles) wide = (NAME(doubles))WIDEN(part);                                    \
          sum[k] += wide;                                                                     \
          square[k] = PLUS_SQUARE(wide, square[k]);                                           \
        }                                                                                     \
        low = LOWER(given, low);                                                              \
        high = HIGHER(given, high);                                                           \
        zeros -= given == 0;                                                                  \
      }                                                                                       \
      memcpy(all->sum + lane, sum, sizeof sum);                                               \
      memcpy(all->square + lane, square, sizeof square);                                      \
      memcpy(lows + lane, &low, sizeof low);                                                  \
      memcpy(highs + lane, &high, sizeof high);                                               \
      memcpy(zero + lane, &zeros, sizeof zeros);                                              \
    }                                                                                         \
    for (int lane = 0; lane < count - whole; lane++) {                                        \
      TYPE given = x[whole + lane];                                                           \
      all->sum[lane] += given, all->square[lane] += (double)given * given;                    \
      lows[lane] = given < lows[lane] ? given : lows[lane];                                   \
      highs[lane] = given > highs[lane] ? given : highs[lane];                                \
      zero[lane] += given == 0;                                                               \
    }                                                                                         \
    for (int lane = 0; lane < LANES; lane++) {                                                \
      all->low[lane] = lows[lane], all->high[lane] = highs[lane];                             \
      all->zeros += zero[lane];                                                               \
    }                                                                                         \
  }

ADD(add_f32, float, NAME(floats), NAME(half), int32_t, NAME(counts32), LOWER32, HIGHER32,
    PLUS_EXACT_SQUARE, WIDEN)
ADD(add_f64, double, NAME(doubles), NAME(doubles), int64_t, NAME(counts64), LOWER64, HIGHER64,
    PLUS_SQUARE, )
#undef ADD

/* The sums alone, added as above: the same bits. */
#define SUM(FUNCTION, TYPE, NARROW, WIDEN)                                                          \
  TARGET static void NAME(FUNCTION)(const TYPE *x, int count, double *sums) {                 \
    enum { WIDE = WIDTH / 8 };                                                                \
    NAME(doubles) sum[LANES / WIDE];                                                          \
    int whole = count - count % LANES;                                                        \
    memcpy(sum, sums, sizeof sum);                                                            \
    for (int i = 0; i < whole; i += LANES)                                                    \
      for (int k = 0; k < LANES / WIDE; k++) {                                                \
        NARROW given;                                                                         \
        memcpy(&given, x + i + k * WIDE, sizeof given);                                       \
        sum[k] += (NAME(doubles))WIDEN(given);                                                \
      }                                                                                       \
    memcpy(sums, sum, sizeof sum);                                                            \
    for (int lane = 0; lane < count - whole; lane++) sums[lane] += x[whole + lane];           \
  }

SUM(sum_f32, float, NAME(half), WIDEN)
SUM(sum_f64, double, NAME(doubles), )
#undef SUM

static const struct loops NAME(loops) = {
    NAME(widen_f16),    NAME(widen_bf16), NAME(subtract_f32),
    NAME(subtract_f64), NAME(add_f32),    NAME(add_f64),
    NAME(sum_f32),      NAME(sum_f64),
};

#undef TARGET
#undef WIDTH
#undef NAME
#undef PLUS_EXACT_SQUARE
#undef LOWER32
#undef HIGHER32
#undef LOWER64
#undef HIGHER64
#undef WIDEN
