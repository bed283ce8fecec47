/* What came, when, and to whom: every distinct message once, a stamp for each receipt, and the path
 * of messages that each client went (a tree, so that thousands who saw the same share one path). */
#ifndef BENCH_SEEN_H
#define BENCH_SEEN_H
#include "common.h"

typedef struct {
    long seq;
    ns_t *at; /* in the order of receipt, so sorted */
    int count, room;
} moment_t; /* a place in the journal, and when each client got there */

typedef struct {
    long seq;
    int count;
    size_t length;
    long chars; /* as JavaScript counts them, but for what lies beyond the basic plane */
    uint8_t *bytes;
} variant_t; /* one distinct text */

typedef struct {
    int parent, variant, clients;
} step_t;

static moment_t *moments;
static int moment_count, moment_room;
static variant_t *variants;
static int variant_count, variant_room;
static step_t *steps;
static int step_count, step_room;

static void seen_reset(void) {
    for (int i = 0; i < moment_count; i++) free(moments[i].at);
    for (int i = 0; i < variant_count; i++) free(variants[i].bytes);
    moment_count = variant_count = step_count = 0;
    GROW(steps, step_count, step_room);
    steps[step_count++] = (step_t){-1, -1, 0};
}

static void seen_at(long seq, ns_t at) {
    moment_t *found = NULL;
    for (int i = moment_count - 1; i >= 0 && found == NULL; i--)
        if (moments[i].seq == seq) found = &moments[i];
    if (found == NULL) {
        GROW(moments, moment_count, moment_room);
        found = &moments[moment_count++];
        *found = (moment_t){.seq = seq};
    }
    GROW(found->at, found->count, found->room);
    found->at[found->count++] = at;
}

/* The number of this text; the newest are looked at first, so a broadcast costs one comparison. */
static int seen_variant(long seq, const uint8_t *bytes, size_t length) {
    for (int i = variant_count - 1; i >= 0; i--) {
        variant_t *v = &variants[i];
        if (v->seq == seq && v->length == length && memcmp(v->bytes, bytes, length) == 0) {
            v->count++;
            return i;
        }
    }
    GROW(variants, variant_count, variant_room);
    variant_t *v = &variants[variant_count];
    *v = (variant_t){.seq = seq, .count = 1, .length = length, .bytes = keep(malloc(length))};
    memcpy(v->bytes, bytes, length);
    for (size_t i = 0; i < length; i++) v->chars += (bytes[i] & 0xc0) != 0x80;
    return variant_count++;
}

/* From step `from` on by `variant`; newest steps first again. */
static int seen_step(int from, int variant) {
    for (int i = step_count - 1; i > 0; i--)
        if (steps[i].parent == from && steps[i].variant == variant) {
            steps[i].clients++;
            return i;
        }
    GROW(steps, step_count, step_room);
    steps[step_count] = (step_t){from, variant, 1};
    return step_count++;
}

static void seen_print(FILE *out) {
    fprintf(out, "\"frames\":[");
    for (int i = 0; i < moment_count; i++) {
        moment_t *m = &moments[i];
        fprintf(out, "%s{\"seq\":%ld,\"count\":%d,\"at\":[", i ? "," : "", m->seq, m->count);
        for (int q = 0; q <= 100; q++) {
            long index = ((long)(m->count - 1) * q + 50) / 100;
            fprintf(out, "%s%lld", q ? "," : "", (long long)m->at[index]);
        }
        fprintf(out, "]}");
    }
    fprintf(out, "],\"variants\":[");
    for (int i = 0; i < variant_count; i++)
        fprintf(out, "%s{\"seq\":%ld,\"count\":%d,\"bytes\":%zu}", i ? "," : "", variants[i].seq,
                variants[i].count, variants[i].length);
    fprintf(out, "]");
}

/* Every text as a line of its own: its number, a blank, the text (JSON has no line breaks in it). */
static void seen_dump(const char *path) {
    FILE *out = fopen(path, "w");
    if (out == NULL) die(path);
    for (int i = 0; i < variant_count; i++)
        fprintf(out, "%d %.*s\n", i, (int)variants[i].length, (char *)variants[i].bytes);
    fclose(out);
}

#endif
