// Exact weighted mutual information, K = 8, in C: the E-form of docs/method.md, LANES doubles at a time, for
// bench/peers.mjs: a job a line on stdin, its seconds of CPU time a line on stdout. Polynomials are those of assembly/math.
//   cc -O3 -mavx2 -mfma -ffp-contract=fast -DLANES=8 peers.c      cc -O3 -msse4.1 -DLANES=4 peers.c
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

typedef double vd __attribute__((vector_size(8 * LANES)));
typedef int64_t vi __attribute__((vector_size(8 * LANES)));
typedef float vf __attribute__((vector_size(4 * LANES)));

#define SELECT(m, x, y) ((vd)(((vi)(x) & (m)) | ((vi)(y) & ~(m))))

/** E(x) - x - 1/2 with E(x) = exp(psi(x + 1)). */
static inline __attribute__((always_inline)) void rest(const vd *px, vd *out) {
  const vd x = *px, xx = x * x;
  const vd p = (0.51291941115045389018 + x * 0.99529409357771249385) +
               xx * ((0.77939613226145845512 + x * 0.28811975121614930881) + xx * 0.04166666979242554657);
  const vd q = (8.3456511715881975044 + x * 26.573664699803691098) +
               xx * ((34.229926338111495807 + x * 22.317005077614186375) + xx * (7.4148789350473211043 + x));
  *out = p / q;
}

/** log2 x, x > 0 and normal. */
static inline __attribute__((always_inline)) void log2of(const vd *px, vd *out) {
  const vi bits = (vi)*px + 0x00095f6200000000LL;
  const vd m = (vd)((bits & 0x000fffffffffffffLL) + 0x3fe6a09e00000000LL);
  const vd k = (vd)((bits >> 52) | 0x4330000000000000LL) - 4503599627371519.0;
  const vd z = (m - 1.0) / (m + 1.0), w = z * z;
  *out = k + z * (2.8853900817779268 + w * (0.96179827253115060561 + w * (0.57675447534783284275 + w * 0.4309465856053975798)));
}

/** 2^x, x <= 0. */
static inline __attribute__((always_inline)) void exp2of(const vd *px, vd *out) {
  const vd shifted = *px + 6755399441055744.0;
  const vd r = *px - (shifted - 6755399441055744.0), rr = r * r;
  const vd low = 0.6931471807045373717 + r * 0.24022651066567666972;
  const vd middle = 0.055504103659767994628 + r * 0.0096180381313016935584;
  const vd high = 0.0013333935066182374367 + r * 0.000154667565210608684 + rr * 0.000015196154288647625194;
  const vd one = r * 0 + 1;
  *out = (one + r * (low + rr * (middle + rr * high))) * (vd)(((vi)shifted << 52) + (vi)one);
}

static void score(const float *alphas, const float *betas, float *out, size_t count, double eta, double mu) {
  static const double choose[9] = {1, 8, 28, 56, 70, 56, 28, 8, 1};
  const double steepness = -eta * 1.4426950408889634;
  for (size_t i = 0; i < count; i += LANES) {
    vf fa, fb;
    memcpy(&fa, alphas + i, sizeof fa);
    memcpy(&fb, betas + i, sizeof fb);
    const vd alpha = __builtin_convertvector(fa, vd), beta = __builtin_convertvector(fb, vd);
    const vi less = alpha < beta;
    const vd a = SELECT(less, alpha, beta), b = SELECT(less, beta, alpha), n = alpha + beta;
    vd ha, hb, hn;
    rest(&a, &ha);
    rest(&b, &hb);
    rest(&n, &hn);
    const vd Ea = a + 0.5 + ha, Eb = b + 0.5 + hb, q = 1.0 / (n + 0.5 + hn);
    vd w = Eb * q, left = (a + (hn - hb)) * q;
    for (int k = 0; k < 3; k++) {
      left = left * (2.0 - left);
      w = w * w;
    }
    vd rising[9], all = n * 0 + 1;
    rising[0] = all;
    for (int t = 1; t <= 8; t++) {
      rising[t] = rising[t - 1] * (b + (t - 1.0));
      all = all * (n + (t - 1.0));
    }
    vd g = 1.0 / (all * w), up = n * 0 + 1, P = n * 0, L = n * 0, log;
    const vd first = rising[8] * g, h = Eb / Ea, scaled = g * w;
    for (int s = 1; s <= 8; s++) {
      up = up * (a + (s - 1.0));
      g = g * h;
      const vd t = up * rising[8 - s], p = t * choose[s], r = t * g;
      log2of(&r, &log);
      P += p;
      L += p * log;
    }
    log2of(&first, &log);
    const vd I = P * scaled + (w * (first - 1.0) - left) - 0.6931471805599453 * (L * scaled + w * first * log);
    const vd inverse = 1.0 / n, m = alpha * inverse, d = m - mu, x = steepness * (d * d);
    vd e;
    exp2of(&x, &e);
    const vf result = __builtin_convertvector(m * (beta * inverse) * e * (vd)((vi)I & (I > 0)), vf);
    memcpy(out + i, &result, sizeof result);
  }
}

static float *column(const char *folder, const char *name, size_t count) {
  char path[4096];
  snprintf(path, sizeof path, "%s/%s", folder, name);
  float *values = calloc(count + LANES, 4);
  FILE *file = fopen(path, "rb");
  if (file != NULL && fread(values, 4, count, file) != count) exit(1);
  if (file != NULL) fclose(file);
  return values;
}

static double seconds(void) {
  struct timespec t;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return t.tv_sec + t.tv_nsec / 1e9;
}

int main(int argc, char **argv) {
  if (argc != 5) return 1;
  const size_t count = strtoull(argv[2], NULL, 10);
  const double eta = atof(argv[3]), mu = atof(argv[4]);
  float *alphas = column(argv[1], "alpha.f32", count), *betas = column(argv[1], "beta.f32", count);
  float *scores = column(argv[1], "none", count);
  char job[64], path[4096];
  printf("%d lanes, %s\n", LANES, __VERSION__);
  fflush(stdout);
  while (scanf("%63s", job) == 1) {
    const double start = seconds();
    score(alphas, betas, scores, count, eta, mu);
    printf("%.9f\n", seconds() - start);
    if (strcmp(job, "save") == 0) {
      snprintf(path, sizeof path, "%s/scores.f32", argv[1]);
      FILE *file = fopen(path, "wb");
      if (file == NULL || fwrite(scores, 4, count, file) != count) return 1;
      fclose(file);
    }
    fflush(stdout);
  }
  return 0;
}
