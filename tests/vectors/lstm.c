/* An LSTM in C, forward and backward, on the test vectors of rnnref.
 *
 * Reads cases from standard input: "T B D H", then the arrays that `main` reads, in that order. Writes
 * each result as its name, its count and its numbers. Numbers are hexadecimal both ways: none is
 * rounded. -DREAL=float computes in single precision. -DGATES_OF_ONNX plants a mistake: the gates
 * are read in ONNX's order.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifndef REAL
#define REAL double
#endif
typedef REAL real;

#ifdef GATES_OF_ONNX
enum { I, O, F, G };
#else
enum { I, F, G, O };
#endif

typedef struct {
    int T, B, D, H;
    real *W, *U, *b_ih, *b_hh, *x, *h, *c, *gates; /* h and c have T + 1 states, x and gates T */
} Lstm;

static real *zeros(int n) {
    real *v = calloc((size_t)n, sizeof *v);
    if (!v) exit(2);
    return v;
}

static real *read(int n) {
    real *v = zeros(n);
    for (int k = 0; k < n; k++) {
        double number;
        if (scanf("%lf", &number) != 1) exit(3);
        v[k] = (real)number;
    }
    return v;
}

static void write(const char *name, const real *v, int n) {
    printf("%s %d", name, n);
    for (int k = 0; k < n; k++) printf(" %a", (double)v[k]);
    printf("\n");
}

static real sigmoid(real a) { return (real)(1 / (1 + exp(-(double)a))); }
static real tangent(real a) { return (real)tanh((double)a); }

/* One step of one sequence: gates, c and h of the next state from the state before it. */
static void step(const Lstm *l, int t, int b) {
    const int D = l->D, H = l->H, at = t * l->B + b, next = at + l->B;
    const real *x = l->x + at * D, *h = l->h + at * H, *c = l->c + at * H;
    real *gates = l->gates + at * 4 * H;
    for (int j = 0; j < 4 * H; j++) {
        real a = l->b_ih[j] + l->b_hh[j];
        for (int k = 0; k < D; k++) a += l->W[j * D + k] * x[k];
        for (int k = 0; k < H; k++) a += l->U[j * H + k] * h[k];
        gates[j] = j / H == G ? tangent(a) : sigmoid(a);
    }
    for (int k = 0; k < H; k++) {
        const real c_t = gates[F * H + k] * c[k] + gates[I * H + k] * gates[G * H + k];
        l->c[next * H + k] = c_t;
        l->h[next * H + k] = gates[O * H + k] * tangent(c_t);
    }
}

/* The gradients by the pre-activations of a step; d_c becomes that by the c before it. */
static void through_gates(const Lstm *l, int t, int b, const real *d_h, real *d_c, real *d_a) {
    const int H = l->H, at = t * l->B + b;
    const real *gates = l->gates + at * 4 * H;
    for (int k = 0; k < H; k++) {
        const real i = gates[I * H + k], f = gates[F * H + k];
        const real g = gates[G * H + k], o = gates[O * H + k];
        const real s = tangent(l->c[(at + l->B) * H + k]);
        const real d = d_c[k] + d_h[k] * o * (1 - s * s);
        d_a[I * H + k] = d * g * i * (1 - i);
        d_a[F * H + k] = d * l->c[at * H + k] * f * (1 - f);
        d_a[G * H + k] = d * i * (1 - g * g);
        d_a[O * H + k] = d_h[k] * s * o * (1 - o);
        d_c[k] = d * f;
    }
}

int main(void) {
    Lstm l;
    while (scanf("%d %d %d %d", &l.T, &l.B, &l.D, &l.H) == 4) {
        const int T = l.T, B = l.B, D = l.D, H = l.H;
        l.W = read(4 * H * D);
        l.U = read(4 * H * H);
        l.b_ih = read(4 * H);
        l.b_hh = read(4 * H);
        l.x = read(T * B * D);
        real *h_0 = read(B * H), *c_0 = read(B * H);
        real *d_y = read(T * B * H), *d_h = read(B * H), *d_c = read(B * H);
        l.h = zeros((T + 1) * B * H);
        l.c = zeros((T + 1) * B * H);
        l.gates = zeros(T * B * 4 * H);
        memcpy(l.h, h_0, (size_t)(B * H) * sizeof(real));
        memcpy(l.c, c_0, (size_t)(B * H) * sizeof(real));
        for (int t = 0; t < T; t++)
            for (int b = 0; b < B; b++) step(&l, t, b);

        real *d_x = zeros(T * B * D), *d_W = zeros(4 * H * D), *d_U = zeros(4 * H * H);
        real *d_b = zeros(4 * H), *d_a = zeros(4 * H);
        for (int t = T - 1; t >= 0; t--)
            for (int b = 0; b < B; b++) {
                const int at = t * B + b;
                real *d_h_b = d_h + b * H;
                for (int k = 0; k < H; k++) d_h_b[k] += d_y[at * H + k];
                through_gates(&l, t, b, d_h_b, d_c + b * H, d_a);
                for (int k = 0; k < H; k++) d_h_b[k] = 0;
                for (int j = 0; j < 4 * H; j++) {
                    d_b[j] += d_a[j];
                    for (int k = 0; k < D; k++) {
                        d_W[j * D + k] += d_a[j] * l.x[at * D + k];
                        d_x[at * D + k] += d_a[j] * l.W[j * D + k];
                    }
                    for (int k = 0; k < H; k++) {
                        d_U[j * H + k] += d_a[j] * l.h[at * H + k];
                        d_h_b[k] += d_a[j] * l.U[j * H + k];
                    }
                }
            }

        write("y", l.h + B * H, T * B * H);
        write("h_n", l.h + T * B * H, B * H);
        write("c_n", l.c + T * B * H, B * H);
        write("d_x", d_x, T * B * D);
        write("d_h_0", d_h, B * H);
        write("d_c_0", d_c, B * H);
        write("d_weight_ih_l0", d_W, 4 * H * D);
        write("d_weight_hh_l0", d_U, 4 * H * H);
        write("d_bias_ih_l0", d_b, 4 * H);
        write("d_bias_hh_l0", d_b, 4 * H);
        real *all[] = {l.W, l.U, l.b_ih, l.b_hh, l.x, l.h, l.c, l.gates, h_0,
                       c_0, d_y, d_h, d_c, d_x, d_W, d_U, d_b, d_a};
        for (size_t k = 0; k < sizeof all / sizeof *all; k++) free(all[k]);
    }
    return 0;
}
