// mqload - a single-threaded epoll MQTT load generator (MQTT 3.1.1 and 5).
// One C file; libc, and OpenSSL for --tls.  Build: make   Usage: ./mqload --help   See README.md.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#ifdef WITH_TLS
#include <openssl/err.h>
#include <openssl/ssl.h>
#endif

#ifndef IP_BIND_ADDRESS_NO_PORT
#define IP_BIND_ADDRESS_NO_PORT 24
#endif

typedef uint64_t u64; typedef uint32_t u32; typedef uint16_t u16; typedef uint8_t u8;
#define NS 1000000000ULL

static u64 now_ns(void) { struct timespec t; clock_gettime(CLOCK_MONOTONIC, &t); return (u64)t.tv_sec * NS + t.tv_nsec; }
static void die(const char *f, ...) { va_list a; va_start(a, f); fprintf(stderr, "mqload: "); vfprintf(stderr, f, a); fputc('\n', stderr); va_end(a); exit(1); }
static void *xmalloc(size_t n) { void *p = malloc(n); if (!p) die("out of memory"); return p; }

// ------------------------------------------------------------------ options
enum { M_STORM, M_IDLE, M_FANIN, M_RR, M_FANOUT };
static const char *MODES[] = { "storm", "idle", "fanin", "rr", "fanout" };
static struct {
  const char *host; int port, mode, conns, subs, qos, ver, payload, inflight, conc, batch, topics, src_ips, keepalive;
  double rate, duration, warmup, settle, ping; bool json, churn, touch, no_responder, no_subscribe, once, rehearse, quiet, tls, ws;
  const char *client_id, *user, *pass, *pub_topic, *sub_topic, *req_topic, *rep_topic, *body, *creds, *label, *prelude, *bodies, *expect;
  int pids[64], npids;
} O = {
  .host = "127.0.0.1", .port = 1883, .mode = M_FANIN, .conns = 10, .subs = 1, .qos = 0, .ver = 4, .payload = 128,
  .inflight = -1, .conc = 100, .batch = 64, .topics = 1, .src_ips = 0, .keepalive = 300,
  .rate = 0, .duration = 5, .warmup = 1, .settle = 1, .client_id = "lg-{i}", .pub_topic = "lg/in/{i}/{k}", .sub_topic = "lg/in/#",
  .req_topic = "lg/req/{i}/{k}", .rep_topic = "lg/rep/{i}/{k}", .label = "",
};

// ------------------------------------------------------------------ histogram (log-linear, <1.6 % error)
#define SUBB 64
typedef struct { u64 n, max, sum, b[64 * SUBB]; } hist;
static void h_add(hist *h, u64 v) {
  u32 idx; if (v < SUBB) idx = (u32)v; else { int e = 63 - __builtin_clzll(v); idx = (u32)((e - 5) * SUBB + ((v >> (e - 6)) & (SUBB - 1))); }
  h->b[idx]++; h->n++; h->sum += v; if (v > h->max) h->max = v;
}
static double h_q(const hist *h, double q) { // microseconds
  if (!h->n) return -1;
  u64 want = (u64)(q * (double)h->n), c = 0; if (want >= h->n) want = h->n - 1;
  for (u32 i = 0; i < 64 * SUBB; i++) { c += h->b[i]; if (c > want) {
    if (i < SUBB) return i / 1e3;
    int e = (int)(i / SUBB) + 5; u64 base = (1ULL << e) + ((u64)(i % SUBB) << (e - 6)); return (double)(base + (1ULL << (e - 7 < 0 ? 0 : e - 7))) / 1e3; } }
  return h->max / 1e3;
}

// ------------------------------------------------------------------ /proc sampling of the server
typedef struct { u64 cpu_us, sys_us; u64 rss_kb, pss_kb; } procstat;
static u64 proc_cpu_us(int pid, u64 *sys) {
  char p[64], b[1024]; snprintf(p, sizeof p, "/proc/%d/stat", pid); FILE *f = fopen(p, "r"); if (!f) return 0;
  size_t n = fread(b, 1, sizeof b - 1, f); fclose(f); b[n] = 0; char *s = strrchr(b, ')'); if (!s) return 0;
  unsigned long ut = 0, st = 0; sscanf(s + 2, "%*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &ut, &st);
  u64 tick = 1000000 / (u64)sysconf(_SC_CLK_TCK); *sys += st * tick; return (u64)(ut + st) * tick;
}
// CPU time to the nanosecond where the kernel keeps it (per thread, in schedstat); a thread that ended is missing from the sum
static u64 threads_cpu_us(int pid) {
  char p[320]; snprintf(p, sizeof p, "/proc/%d/task", pid); DIR *d = opendir(p); if (!d) return 0; u64 ns = 0; struct dirent *e;
  while ((e = readdir(d))) { if (e->d_name[0] == '.') continue; snprintf(p, sizeof p, "/proc/%d/task/%s/schedstat", pid, e->d_name); FILE *f = fopen(p, "r"); if (!f) continue;
    u64 run = 0; if (fscanf(f, "%" SCNu64, &run) == 1) ns += run; fclose(f); }
  closedir(d); return ns / 1000;
}
static u64 proc_field_kb(int pid, const char *file, const char *key) {
  char p[64], l[256]; u64 v = 0; snprintf(p, sizeof p, "/proc/%d/%s", pid, file); FILE *f = fopen(p, "r"); if (!f) return 0;
  size_t k = strlen(key); while (fgets(l, sizeof l, f)) if (!strncmp(l, key, k) && l[k] == ':') { v = strtoull(l + k + 1, 0, 10); break; }
  fclose(f); return v;
}
static procstat sample(bool mem) {
  procstat s = {0}; for (int i = 0; i < O.npids; i++) { u64 ticks = proc_cpu_us(O.pids[i], &s.sys_us), exact = threads_cpu_us(O.pids[i]); s.cpu_us += exact ? exact : ticks;
    if (mem) { s.rss_kb += proc_field_kb(O.pids[i], "status", "VmRSS"); s.pss_kb += proc_field_kb(O.pids[i], "smaps_rollup", "Pss"); } }
  return s;
}
static u64 self_cpu_us(void) { struct rusage r; getrusage(RUSAGE_SELF, &r); return (u64)r.ru_utime.tv_sec * 1000000 + r.ru_utime.tv_usec + (u64)r.ru_stime.tv_sec * 1000000 + r.ru_stime.tv_usec; }
static u64 tcp_mem_kb(void) { // kernel TCP memory of the whole machine
  char l[256]; u64 v = 0; FILE *f = fopen("/proc/net/sockstat", "r"); if (!f) return 0;
  while (fgets(l, sizeof l, f)) { char *m = strstr(l, " mem "); if (!strncmp(l, "TCP:", 4) && m) v = strtoull(m + 5, 0, 10) * 4; } fclose(f); return v;
}

// ------------------------------------------------------------------ credentials file and templates
static char ***creds; static int ncreds; // creds[i][c] = column c of line i
static void load_creds(const char *path) {
  FILE *f = fopen(path, "r"); if (!f) die("cannot open %s", path); char *l = 0; size_t cap = 0; ssize_t n; int room = 0;
  while ((n = getline(&l, &cap, f)) > 0) { if (l[n - 1] == '\n') l[--n] = 0; if (!n) continue;
    if (ncreds == room) creds = realloc(creds, sizeof *creds * (size_t)(room = room ? room * 2 : 256));
    char **row = calloc(10, sizeof *row), *s = l; for (int c = 1; c < 10; c++) { char *t = strchr(s, '\t'); if (t) *t = 0; row[c] = strdup(s); if (!t) { for (c++; c < 10; c++) row[c] = ""; break; } s = t + 1; }
    creds[ncreds++] = row; }
  free(l); fclose(f); if (!ncreds) die("%s has no lines", path);
}
// {i} connection index, {k} sub-device index, {c1}..{c9} column of the credentials line of the connection
static char *expand(const char *t, int i, int k) {
  static char b[8192]; size_t o = 0;
  while (*t && o < sizeof b - 300) {
    if (!strncmp(t, "{i}", 3)) { o += (size_t)sprintf(b + o, "%d", i); t += 3; }
    else if (!strncmp(t, "{k}", 3)) { o += (size_t)sprintf(b + o, "%d", k); t += 3; }
    else if (t[0] == '{' && t[1] == 'c' && t[2] >= '1' && t[2] <= '9' && t[3] == '}') { if (!creds) die("template uses {c%c} without --creds", t[2]); o += (size_t)snprintf(b + o, 256, "%s", creds[i % ncreds][t[2] - '0']); t += 4; }
    else b[o++] = *t++;
  }
  b[o] = 0; return b;
}

// ------------------------------------------------------------------ connections
enum { R_IDLE, R_PUB, R_SUB, R_REQ, R_RESP };
enum { S_NONE, S_TCP, S_TLS, S_UPGRADE, S_CONNACK, S_UP, S_DEAD };
typedef struct { u8 *p; u32 len, off, cap; } obuf;
typedef struct { obuf out; u8 head[10]; u8 have; bool skip; u64 left; } wsconn; // frames to send; the frame that is being read
typedef struct conn {
  int fd; int idx; u8 role, state; bool dirty, epout, inready; u16 pid; int subacks;
  u64 t0; u8 *rb; u32 rl, rc; obuf w;
  u8 **pk; u32 *pkl, *tso, *pido; int npk, kcur; bool text; u32 awaited; // replies to the prelude
   // pre-encoded PUBLISH packets (one per sub-device topic)
  int credit, outstanding; u64 *ring; u32 rh, rt, rmask; u64 seq, pingdue;
  wsconn *ws;
#ifdef WITH_TLS
  SSL *ssl;
#endif
} conn;
static conn *C; static int NC, ep; static conn **dirtyq; static int ndirty;
static int n_up, n_dead, n_open, n_started; static u64 fails;
static hist h_conn, h_lat; static u64 answered, unexpected;
static u64 rx_pub, rx_ack, tx_pub, rx_bytes, lost, reqs, rx_ping; static bool measuring; static u64 last_rx;
static conn **pubs; static int npubs; static u64 dead_measuring;

static void mark(conn *c) { if (!c->dirty && c->state != S_DEAD) { c->dirty = true; dirtyq[ndirty++] = c; } }
static void ob_room(obuf *w, u32 n) {
  if (w->off == w->len) w->off = w->len = 0;
  if (w->len + n > w->cap) { u32 c = w->cap ? w->cap : 256; while (c < w->len + n) c *= 2; w->p = realloc(w->p, c); if (!w->p) die("oom"); w->cap = c; }
}
static void put(conn *c, const void *p, u32 n) { ob_room(&c->w, n); memcpy(c->w.p + c->w.len, p, n); c->w.len += n; mark(c); }
static void drop_transport(conn *c) {
#ifdef WITH_TLS
  if (c->ssl) { SSL_free(c->ssl); c->ssl = 0; }
#endif
  if (c->ws) { free(c->ws->out.p); free(c->ws); c->ws = 0; }
}
static void kill_conn(conn *c) {
  if (c->state == S_DEAD) return;
  if (c->state == S_UP) n_up--; c->state = S_DEAD; n_dead++; drop_transport(c); if (c->fd >= 0) { close(c->fd); c->fd = -1; n_open--; } if (measuring) dead_measuring++;
}
static void epmod(conn *c, bool out) { if (c->epout == out) return; c->epout = out; struct epoll_event e = { .events = EPOLLIN | (out ? EPOLLOUT : 0), .data.ptr = c }; epoll_ctl(ep, EPOLL_CTL_MOD, c->fd, &e); }
// ------------------------------------------------------------------ transport: TCP, or TLS on it; frames of WebSocket on either
#ifdef WITH_TLS
static SSL_CTX *tls; static void tls_init(void) {
  tls = SSL_CTX_new(TLS_client_method()); if (!tls) die("TLS could not be set up");
  SSL_CTX_set_mode(tls, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_RELEASE_BUFFERS); SSL_CTX_set_verify(tls, SSL_VERIFY_NONE, 0);
}
static ssize_t tls_result(conn *c, int r) { // as of send and recv; WANT_WRITE of a read waits for the next flush, which no server of ours asks for
  if (r > 0) return r; int e = SSL_get_error(c->ssl, r); ERR_clear_error();
  if (e == SSL_ERROR_ZERO_RETURN) return 0; errno = e == SSL_ERROR_WANT_READ || e == SSL_ERROR_WANT_WRITE ? EAGAIN : EPROTO; return -1;
}
static bool tls_start(conn *c) { c->ssl = SSL_new(tls); if (!c->ssl || !SSL_set_fd(c->ssl, c->fd)) die("out of memory"); SSL_set_connect_state(c->ssl); return true; }
static int tls_handshake(conn *c) { // 1 done, 0 goes on, -1 failed
  int r = SSL_do_handshake(c->ssl); if (r == 1) return 1; int e = SSL_get_error(c->ssl, r); if (e == SSL_ERROR_WANT_READ) { epmod(c, false); return 0; } if (e == SSL_ERROR_WANT_WRITE) { epmod(c, true); return 0; }
  if (!fails) { char text[256]; ERR_error_string_n(ERR_get_error(), text, sizeof text); fprintf(stderr, "mqload: TLS handshake: %s\n", text); } ERR_clear_error(); return -1;
}
static ssize_t net_send(conn *c, const u8 *p, u32 n) { return c->ssl ? tls_result(c, SSL_write(c->ssl, p, (int)n)) : send(c->fd, p, n, MSG_NOSIGNAL | MSG_DONTWAIT); }
static ssize_t net_recv(conn *c, u8 *p, u32 n) { return c->ssl ? tls_result(c, SSL_read(c->ssl, p, (int)n)) : recv(c->fd, p, n, MSG_DONTWAIT); }
#else
static void tls_init(void) { die("--tls: built without OpenSSL; on Debian: apt-get install libssl-dev, then make clean all"); }
static bool tls_start(conn *c) { (void)c; return false; }
static int tls_handshake(conn *c) { (void)c; return -1; }
static ssize_t net_send(conn *c, const u8 *p, u32 n) { return send(c->fd, p, n, MSG_NOSIGNAL | MSG_DONTWAIT); }
static ssize_t net_recv(conn *c, u8 *p, u32 n) { return recv(c->fd, p, n, MSG_DONTWAIT); }
#endif
static const char UPGRADE[] = "GET /mqtt HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: bXFsb2FkIGdlbmVyYXRvcg==\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: mqtt\r\n\r\n";
// a frame a packet, as clients send them; masked with a key that is not 0, so that a server has to unmask
static void ws_frame(obuf *x, const u8 *p, u32 n) {
  static const u8 key[4] = { 0x6d, 0x71, 0x6c, 0x64 }; ob_room(x, n + 14); u8 *o = x->p + x->len, *s = o; *o++ = 0x82;
  if (n < 126) *o++ = (u8)(0x80 | n); else if (n < 65536) { *o++ = 0xFE; *o++ = (u8)(n >> 8); *o++ = (u8)n; } else { *o++ = 0xFF; for (int i = 7; i >= 0; i--) *o++ = i > 3 ? 0 : (u8)(n >> (8 * i)); }
  memcpy(o, key, 4); o += 4; for (u32 i = 0; i < n; i++) o[i] = p[i] ^ key[i & 3]; x->len += (u32)(o - s) + n;
}
static void ws_pack(conn *c) { // whole packets of w, each as a frame
  obuf *w = &c->w, *x = &c->ws->out;
  while (w->off < w->len) { const u8 *p = w->p + w->off; u32 rem = 0, sh = 0, h = 1; u8 b; do { b = p[h++]; rem |= (u32)(b & 127) << sh; sh += 7; } while (b & 128); ws_frame(x, p, h + rem); w->off += h + rem; }
}
static u32 ws_unpack(conn *c, u8 *p, u32 n) { // payloads in place; how many bytes they are
  wsconn *w = c->ws; u32 o = 0, i = 0;
  while (i < n) {
    if (w->left) { u32 k = w->left < n - i ? (u32)w->left : n - i; if (!w->skip) { memmove(p + o, p + i, k); o += k; } i += k; w->left -= k; continue; }
    w->head[w->have++] = p[i++]; u8 l = w->have > 1 ? w->head[1] & 127 : 0; u8 need = l == 126 ? 4 : l == 127 ? 10 : 2; if (w->have < need) continue;
    w->left = l < 126 ? l : l == 126 ? (u64)w->head[2] << 8 | w->head[3] : 0; if (l == 127) for (int k = 2; k < 10; k++) w->left = w->left << 8 | w->head[k];
    w->skip = w->head[0] & 8; if ((w->head[0] & 15) == 8) { kill_conn(c); return 0; } w->have = 0;
  }
  return o;
}
static void flush(conn *c) {
  for (;;) {
    if (c->ws && c->ws->out.off == c->ws->out.len && c->state >= S_CONNACK) ws_pack(c);
    obuf *w = c->ws && c->state >= S_CONNACK ? &c->ws->out : &c->w; if (w->off == w->len) break;
    ssize_t n = net_send(c, w->p + w->off, w->len - w->off);
    if (n < 0) { if (errno == EAGAIN) { epmod(c, true); return; } if (errno == EINTR) continue; kill_conn(c); return; }
    w->off += (u32)n;
  }
  if (c->epout) epmod(c, false);
  obuf *all[] = { &c->w, c->ws ? &c->ws->out : &c->w };
  for (int i = 0; i < 2; i++) { obuf *w = all[i]; w->off = w->len = 0; if (w->cap > 65536 || (c->role == R_IDLE && w->cap)) { free(w->p); w->p = 0; w->cap = 0; } }
}
static void flush_all(void) { for (int i = 0; i < ndirty; i++) { conn *c = dirtyq[i]; c->dirty = false; if (c->state >= S_CONNACK && c->state != S_DEAD && !c->epout) flush(c); } ndirty = 0; }

// ------------------------------------------------------------------ files with a line per message
typedef struct { const char *topic, *text; int next; } msg; // next message of the same connection, or -1
typedef struct { msg *m; int n, *first, *last, *count; } msgs;
static msgs prelude, bodies;
static void load_msgs(msgs *q, const char *path, bool topics) { // CONNECTION<TAB>[TOPIC<TAB>]PAYLOAD; the file stays in memory
  FILE *f = fopen(path, "r"); if (!f) die("cannot open %s", path); fseek(f, 0, SEEK_END); long size = ftell(f); rewind(f);
  char *b = xmalloc((size_t)size + 1); if (fread(b, 1, (size_t)size, f) != (size_t)size) die("cannot read %s", path); fclose(f); b[size] = 0; int room = 0;
  q->first = xmalloc(sizeof(int) * (size_t)NC); q->last = xmalloc(sizeof(int) * (size_t)NC); q->count = calloc((size_t)NC, sizeof(int)); for (int i = 0; i < NC; i++) q->first[i] = q->last[i] = -1;
  for (char *l = b, *e; l < b + size; l = e + 1) { e = strchr(l, '\n'); if (!e) e = b + size; *e = 0; if (!*l) continue;
    char *t = strchr(l, '\t'), *u = t && topics ? strchr(t + 1, '\t') : t; int c = atoi(l); if (!u) die("%s: a line lacks a tab", path); if (c < 0 || c >= NC) continue; *u = 0;
    if (q->n == room) { q->m = realloc(q->m, sizeof(msg) * (size_t)(room = room ? room * 2 : 1024)); if (!q->m) die("out of memory"); }
    q->m[q->n] = (msg){ .topic = topics ? t + 1 : 0, .text = u + 1, .next = -1 }; if (q->first[c] < 0) q->first[c] = q->n; else q->m[q->last[c]].next = q->n; q->last[c] = q->n++; q->count[c]++; }
  if (!q->n) die("%s has no lines", path);
}

// ------------------------------------------------------------------ packet encoding
static u32 varint(u8 *p, u32 v) { u32 n = 0; do { u8 b = v & 127; v >>= 7; p[n++] = b | (v ? 128 : 0); } while (v); return n; }
static u32 str(u8 *p, const char *s) { u32 n = (u32)strlen(s); p[0] = (u8)(n >> 8); p[1] = (u8)n; memcpy(p + 2, s, n); return n + 2; }
static void send_connect(conn *c) {
  u8 b[2048], *p = b; p += str(p, "MQTT"); *p++ = (u8)O.ver; u8 *fl = p++; *fl = 2; *p++ = (u8)(O.keepalive >> 8); *p++ = (u8)O.keepalive;
  if (O.ver == 5) *p++ = 0;
  p += str(p, expand(O.creds && !strcmp(O.client_id, "lg-{i}") ? "{c1}" : O.client_id, c->idx, 0));
  const char *u = O.user ? O.user : O.creds ? "{c2}" : 0, *w = O.pass ? O.pass : O.creds ? "{c3}" : 0;
  if (u) { *fl |= 0x80; p += str(p, expand(u, c->idx, 0)); } if (w) { *fl |= 0x40; p += str(p, expand(w, c->idx, 0)); }
  u8 h[5]; h[0] = 0x10; u32 n = 1 + varint(h + 1, (u32)(p - b)); put(c, h, n); put(c, b, (u32)(p - b));
}
static void subscribe(conn *c, const char *tmpl, int topics, int qos) { // batches of up to 100 filters a packet
  u8 *b = xmalloc(40000); int k = 0;
  while (k < topics) { u8 *p = b; c->pid = c->pid % 65535 + 1; *p++ = (u8)(c->pid >> 8); *p++ = (u8)c->pid; if (O.ver == 5) *p++ = 0;
    for (int j = 0; j < 100 && k < topics; j++, k++) { p += str(p, expand(tmpl, c->idx, k)); *p++ = (u8)qos; }
    u8 h[5]; h[0] = 0x82; u32 n = 1 + varint(h + 1, (u32)(p - b)); put(c, h, n); put(c, b, (u32)(p - b)); c->subacks++; }
  free(b);
}
static const char HEX[] = "0123456789abcdef";
static void hexput(u8 *p, u64 v, int n) { for (int i = n - 1; i >= 0; i--) { p[i] = (u8)HEX[v & 15]; v >>= 4; } }
static u64 hexget(const u8 *p, int n) { u64 v = 0; for (int i = 0; i < n; i++) v = v << 4 | (u64)(p[i] <= '9' ? p[i] - '0' : p[i] - 'a' + 10); return v; }
static char *body_text; // template from --body; @ID@ in it, or in a line of --bodies, is replaced by 9 digits
#define RAW_STAMP 24 // raw payload: 16 hex digits of send time, 8 of publisher index, then filler
#define NO_ID UINT32_MAX
static u32 pub_header(u8 *b, const char *topic, u32 paylen, int qos, u32 *pido) { // up to the payload
  u32 tl = (u32)strlen(topic), rem = 2 + tl + (qos ? 2 : 0) + (O.ver == 5 ? 1 : 0) + paylen; u8 *p = b; *p++ = (u8)(0x30 | qos << 1); p += varint(p, rem); p += str(p, topic);
  *pido = (u32)(p - b); if (qos) p += 2; if (O.ver == 5) *p++ = 0; return (u32)(p - b);
}
static void build_pub(conn *c, const char *tmpl, int topics, u32 paylen, int qos) {
  int m = bodies.n ? bodies.first[c->idx] : -1; if (bodies.n) topics = bodies.count[c->idx]; c->text = body_text || bodies.n;
  c->npk = topics; size_t room = (size_t)topics + 1; c->pk = xmalloc(sizeof(u8 *) * room); c->pkl = xmalloc(4 * room); c->tso = xmalloc(4 * room); c->pido = xmalloc(4 * room);
  for (int k = 0; k < topics; k++) {
    const char *t = expand(tmpl, c->idx, k), *text = m >= 0 ? bodies.m[m].text : body_text; if (m >= 0) m = bodies.m[m].next;
    const char *id = text ? strstr(text, "@ID@") : 0; u32 len = text ? (u32)strlen(text) : 0, pl = text ? len + (id ? 5 : 0) : paylen;
    u8 *b = xmalloc(strlen(t) + pl + 16); u32 o = pub_header(b, t, pl, qos, &c->pido[k]); u8 *p = b + o; c->tso[k] = text && !id ? NO_ID : o;
    if (id) { u32 before = (u32)(id - text); memcpy(p, text, before); memcpy(p + before, "100000000", 9); memcpy(p + before + 9, id + 4, len - before - 4); c->tso[k] += before; }
    else if (text) memcpy(p, text, len);
    else { memset(p, 'x', pl); hexput(p, 0, 16); hexput(p + 16, (u64)c->idx, 8); }
    c->pk[k] = b; c->pkl[k] = o + pl;
  }
}
static void publish(conn *c, u64 stamp) {
  int k = c->kcur; c->kcur = k + 1 == c->npk ? 0 : k + 1; u8 *b = c->pk[k];
  if (b[0] & 6) { c->pid = c->pid % 65535 + 1; b[c->pido[k]] = (u8)(c->pid >> 8); b[c->pido[k] + 1] = (u8)c->pid; }
  if (!c->text) hexput(b + c->tso[k], stamp, 16);
  else if (c->tso[k] != NO_ID) { u64 v = 100000000 + c->seq % 800000000; for (int i = 8; i >= 0; i--) { b[c->tso[k] + (u32)i] = (u8)('0' + v % 10); v /= 10; } }
  c->seq++; put(c, b, c->pkl[k]); tx_pub++; c->outstanding++;
  if (c->ring) { c->ring[c->rh++ & c->rmask] = stamp; }
}
static void send_prelude(conn *c) {
  u8 h[1200]; u32 pido;
  for (int i = prelude.n ? prelude.first[c->idx] : -1; i >= 0; i = prelude.m[i].next) { const char *t = prelude.m[i].text; u32 n = (u32)strlen(t);
    if (strlen(prelude.m[i].topic) > 1000) die("topic too long"); put(c, h, pub_header(h, prelude.m[i].topic, n, 0, &pido)); put(c, t, n); c->awaited++; }
}

// ------------------------------------------------------------------ inbound packets
static conn **ready; static int nready; // flood: publishers that may send
static void make_ready(conn *c) { if (!c->inready) { c->inready = true; ready[nready++] = c; } }
static void credit(conn *c) { c->outstanding--; if (O.rate <= 0 && !(O.once && c->seq >= (u64)c->npk)) { c->credit++; make_ready(c); } }
static u8 *topic_swap(const u8 *t, u32 tl, u32 *ol) { // "…req…" -> "…rep…" for the built-in responder
  static u8 b[1024]; if (tl > sizeof b) die("topic too long"); memcpy(b, t, tl); u8 *m = memmem(b, tl, "/req/", 5); if (m) m[3] = 'p'; *ol = tl; return b;
}
static void on_publish(conn *c, const u8 *p, u32 n, u8 h, u64 now) {
  u32 tl = (u32)p[0] << 8 | p[1], o = 2 + tl; int q = h >> 1 & 3; if (o > n) { kill_conn(c); return; }
  if (q) { u8 a[4] = { 0x40, 2, p[o], p[o + 1] }; put(c, a, 4); o += 2; }
  if (O.ver == 5) { u32 v = 0, s = 0; u8 b; do { b = p[o++]; v |= (u32)(b & 127) << s; s += 7; } while (b & 128); o += v; }
  const u8 *pay = p + o; u32 pl = n - o; rx_pub++; last_rx = now;
  if (c->role == R_RESP) { // reply: same payload on the reply topic
    u32 rl; u8 *rt = topic_swap(p + 2, tl, &rl); int rq = O.qos; u32 rem = 2 + rl + (rq ? 2 : 0) + (O.ver == 5 ? 1 : 0) + pl; u8 hd[8]; hd[0] = (u8)(0x30 | rq << 1); u32 hn = 1 + varint(hd + 1, rem);
    put(c, hd, hn); u8 l[2] = { (u8)(rl >> 8), (u8)rl }; put(c, l, 2); put(c, rt, rl);
    if (rq) { c->pid = c->pid % 65535 + 1; u8 d[2] = { (u8)(c->pid >> 8), (u8)c->pid }; put(c, d, 2); } if (O.ver == 5) { u8 z = 0; put(c, &z, 1); } put(c, pay, pl); return;
  }
  if (c->awaited) { c->awaited--; if (!memmem(pay, pl, "\"code\":200", 10)) { fails++; if (fails == 1) fprintf(stderr, "mqload: answer to the prelude: %.*s\n", pl > 300 ? 300 : (int)pl, pay); }
    if (!c->awaited && c->role == R_REQ && !O.no_subscribe) subscribe(c, O.rep_topic, O.topics, O.qos); return; }
  if (c->role == R_REQ) { answered++; if (O.expect && !memmem(pay, pl, O.expect, strlen(O.expect))) { if (!unexpected++) fprintf(stderr, "mqload: not as expected: %.*s\n", pl > 300 ? 300 : (int)pl, pay); }
    if (c->rt != c->rh) { u64 s = c->ring[c->rt++ & c->rmask]; if (measuring) { h_add(&h_lat, now > s ? now - s : 0); reqs++; } } credit(c); return; }
  if (c->role == R_SUB && pl >= RAW_STAMP && !c->text) {
    u64 s = hexget(pay, 16); u32 pi = (u32)hexget(pay + 16, 8); if (measuring) h_add(&h_lat, now > s ? now - s : 0);
    if ((int)pi < NC && C[pi].role == R_PUB) { if (O.mode == M_FANIN) credit(&C[pi]); else if (O.mode == M_FANOUT) { static u64 got; if (++got % (u64)O.subs == 0) credit(&C[pi]); } }
  } else if (c->role == R_SUB && npubs) { static u32 rr; credit(pubs[rr++ % (u32)npubs]); }
}
static void after_connack(conn *c) {
  if (c->role == R_SUB) subscribe(c, O.sub_topic, 1, O.qos);
  else if (c->role == R_REQ) { send_prelude(c); if (!c->awaited && !O.no_subscribe) subscribe(c, O.rep_topic, O.topics, O.qos); }
  else if (c->role == R_RESP) { char *s = strdup(O.req_topic), *t; // wildcard every placeholder: lg/req/{i}/{k} -> lg/req/+/+
    while ((t = strchr(s, '{'))) { char *e = strchr(t, '}'); *t = '+'; memmove(t + 1, e + 1, strlen(e + 1) + 1); } subscribe(c, s, 1, O.qos); free(s); }
  else if (c->role == R_IDLE && prelude.n) send_prelude(c);
  else if (c->role == R_IDLE && O.touch) { subscribe(c, O.rep_topic, O.topics, 1); build_pub(c, O.req_topic, 1, (u32)O.payload, 0); publish(c, now_ns()); c->outstanding = 0; tx_pub--; free(c->pk[0]); free(c->pk); free(c->pkl); free(c->tso); free(c->pido); c->pk = 0; }
}
static void on_packet(conn *c, u8 h, const u8 *p, u32 n, u64 now) {
  switch (h >> 4) {
    case 2: if (n < 2 || p[1] != 0) { fails++; if (!O.quiet && fails == 1) fprintf(stderr, "mqload: CONNACK refused, code %d\n", n > 1 ? p[1] : -1); kill_conn(c); return; }
      if (c->state == S_CONNACK) { c->state = S_UP; n_up++; h_add(&h_conn, now - c->t0); after_connack(c); if (O.ping > 0) c->pingdue = now + (u64)(O.ping * 1e9 * (double)(c->idx % 1000) / 1000.0); } break;
    case 3: on_publish(c, p, n, h, now); break;
    case 4: rx_ack++; break;
    case 5: { u8 a[4] = { 0x62, 2, p[0], p[1] }; put(c, a, 4); } break;
    case 9: if (c->subacks) c->subacks--; for (u32 i = O.ver == 5 ? 3 : 2; i < n; i++) if (p[i] >= 0x80) { fails++; if (fails == 1) fprintf(stderr, "mqload: SUBACK refused, code %d\n", p[i]); } break;
    case 13: rx_ping++; break;
    case 14: kill_conn(c); break;
  }
}
static u8 RB[1 << 18];
static u32 parse(conn *c, const u8 *b, u32 n, u64 now) { // returns bytes consumed
  u32 o = 0;
  while (n - o >= 2) { u32 rem = 0, s = 0, i = o + 1; bool ok = false; while (i < n && i < o + 5) { u8 x = b[i++]; rem |= (u32)(x & 127) << s; s += 7; if (!(x & 128)) { ok = true; break; } }
    if (!ok || n - i < rem) break; on_packet(c, b[o], b + i, rem, now); if (c->state == S_DEAD) return n; o = i + rem; }
  return o;
}
static void greet(conn *c) { c->state = S_CONNACK; send_connect(c); flush(c); }
static void on_upgrade(conn *c) { // nothing follows the answer: the server waits for a CONNECT
  u8 b[2048]; u32 n = 0; if (c->rl) { memcpy(b, c->rb, c->rl); n = c->rl; }
  ssize_t r = net_recv(c, b + n, sizeof b - 1 - n); if (r < 0 && (errno == EAGAIN || errno == EINTR)) return; if (r <= 0) { fails++; kill_conn(c); return; } n += (u32)r; b[n] = 0;
  if (n < 4 || memcmp(b + n - 4, "\r\n\r\n", 4)) { if (n == sizeof b - 1) die("the answer to the upgrade is too long"); c->rb = realloc(c->rb, c->rc = sizeof b); memcpy(c->rb, b, n); c->rl = n; return; }
  c->rl = 0; if (strncmp((char *)b, "HTTP/1.1 101", 12)) { fails++; if (fails == 1) fprintf(stderr, "mqload: WebSocket refused: %.*s\n", (int)strcspn((char *)b, "\r"), b); kill_conn(c); return; } greet(c);
}
static void upgrade_or_greet(conn *c) {
  if (!O.ws) { greet(c); return; } c->ws = calloc(1, sizeof *c->ws); if (!c->ws) die("out of memory"); c->state = S_UPGRADE; put(c, UPGRADE, sizeof UPGRADE - 1); flush(c);
}
static void on_handshake(conn *c) { int r = tls_handshake(c); if (r < 0) { fails++; kill_conn(c); } else if (r) upgrade_or_greet(c); }
static void on_read(conn *c) {
  if (c->state == S_UPGRADE) { on_upgrade(c); return; }
  for (;;) {
    u32 have = c->rl; if (have) memcpy(RB, c->rb, have);
    ssize_t n = net_recv(c, RB + have, sizeof RB - have);
    if (n < 0) { if (errno == EAGAIN || errno == EINTR) return; kill_conn(c); return; } if (n == 0) { kill_conn(c); return; }
    rx_bytes += (u64)n; u64 now = now_ns(); u32 room = sizeof RB - have, got = c->ws ? ws_unpack(c, RB + have, (u32)n) : (u32)n; if (c->state == S_DEAD) return; u32 tot = have + got, used = parse(c, RB, tot, now); if (c->state == S_DEAD) return;
    c->rl = tot - used; if (c->rl) { if (c->rl > c->rc) { c->rc = c->rl < 512 ? 512 : c->rl * 2; c->rb = realloc(c->rb, c->rc); } memcpy(c->rb, RB + used, c->rl); } else if (c->rb && c->role == R_IDLE) { free(c->rb); c->rb = 0; c->rc = 0; }
    if (!O.tls && (u32)n < room) return; // a read of TLS gives a record at most
  }
}
static void start_conn(conn *c) {
  c->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0); if (c->fd < 0) die("socket: %s (raise ulimit -n)", strerror(errno));
  int one = 1; setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one); setsockopt(c->fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &one, sizeof one);
  if (O.src_ips > 0) { struct sockaddr_in s = { .sin_family = AF_INET }; s.sin_addr.s_addr = htonl(0x7F000002u + (u32)(c->idx % O.src_ips)); if (bind(c->fd, (void *)&s, sizeof s)) die("bind: %s", strerror(errno)); }
  struct sockaddr_in a = { .sin_family = AF_INET, .sin_port = htons((u16)O.port) }; if (inet_pton(AF_INET, O.host, &a.sin_addr) != 1) die("--host must be an IPv4 address");
  c->t0 = now_ns(); c->state = S_TCP; n_open++; n_started++; int r = connect(c->fd, (void *)&a, sizeof a); if (r && errno != EINPROGRESS) { fails++; kill_conn(c); return; }
  struct epoll_event e = { .events = EPOLLIN | EPOLLOUT, .data.ptr = c }; c->epout = true; epoll_ctl(ep, EPOLL_CTL_ADD, c->fd, &e);
}

static void poll_once(u64 timeout) {
  static struct epoll_event ev[1024]; struct timespec ts = { .tv_sec = (time_t)(timeout / NS), .tv_nsec = (long)(timeout % NS) };
  flush_all();
  int n = epoll_pwait2(ep, ev, 1024, &ts, NULL);
  for (int i = 0; i < n; i++) { conn *c = ev[i].data.ptr; if (c->state == S_DEAD) continue;
    if (c->state == S_TCP) { if (ev[i].events & (EPOLLERR | EPOLLHUP)) { fails++; kill_conn(c); continue; } if (O.tls && tls_start(c)) { c->state = S_TLS; on_handshake(c); } else { epmod(c, false); upgrade_or_greet(c); } continue; }
    if (c->state == S_TLS) { on_handshake(c); continue; }
    if (ev[i].events & EPOLLOUT) flush(c);
    if (c->state != S_DEAD && ev[i].events & (EPOLLIN | EPOLLERR | EPOLLHUP)) on_read(c);
  }
  flush_all();
}
static void spin(double sec) { u64 end = now_ns() + (u64)(sec * 1e9), t; while ((t = now_ns()) < end) poll_once(end - t < NS / 100 ? end - t : NS / 100); }
static void hangup(conn *c) { const u8 d[2] = { 0xE0, 0 }; if (c->state == S_UP) { put(c, d, 2); flush(c); if (c->state == S_DEAD) { n_dead--; return; } }
  if (!O.churn) { struct linger l = { 1, 0 }; setsockopt(c->fd, SOL_SOCKET, SO_LINGER, &l, sizeof l); } // RST: leaves no TIME_WAIT behind
  kill_conn(c); n_dead--; }
// connects conns [from, to): closed loop with O.conc in progress, or, for rate > 0, that many starts a second
static void connect_range(int from, int to, double rate, bool churn) {
  int next = from, scan = from; u64 t0 = now_ns(), giveup = t0 + 120 * NS;
  for (;;) {
    u64 t = now_ns();
    if (rate > 0) { while (next < to && t >= t0 + (u64)((double)(next - from) * 1e9 / rate)) { start_conn(&C[next]); C[next].t0 = t0 + (u64)((double)(next - from) * 1e9 / rate); next++; } }
    else { int prog = 0; (void)prog; while (next < to && n_started - n_up - n_dead - (churn ? scan - from : 0) < O.conc) start_conn(&C[next++]); }
    if (churn) while (scan < next && C[scan].state >= S_UP) { if (C[scan].state == S_UP) hangup(&C[scan]); else n_dead--; scan++; }
    bool done = next == to; if (done) { if (churn) done = scan == to; else done = n_started - n_up - n_dead == 0; }
    if (done) return; if (t > giveup) { fprintf(stderr, "mqload: gave up connecting, %d up, %d dead of %d\n", n_up, n_dead, to); return; }
    poll_once(rate > 0 ? NS / 5000 : NS / 1000);
  }
}
static bool unanswered(void) { for (int i = 0; i < NC; i++) if (C[i].state == S_UP && C[i].awaited) return true; return false; }
static void wait_prelude(void) { u64 end = now_ns() + 60 * NS; while (unanswered()) { if (now_ns() > end) die("no answer to the prelude within 60 s"); poll_once(NS / 1000); } }
static void reset_conns(void) { // as before the first connection; what failed is still counted
  for (int i = 0; i < NC; i++) { conn *c = &C[i]; free(c->rb); free(c->w.p); drop_transport(c); memset(c, 0, sizeof *c); c->idx = i; c->fd = -1; }
  n_up = n_dead = n_open = n_started = ndirty = 0; memset(&h_conn, 0, sizeof h_conn);
}
static void wait_subacks(void) { u64 end = now_ns() + 30 * NS; for (;;) { bool w = false; for (int i = 0; i < NC && !w; i++) w = C[i].state == S_UP && (C[i].subacks || C[i].w.len != C[i].w.off || (C[i].ws && C[i].ws->out.len != C[i].ws->out.off)); if (!w) return; if (now_ns() > end) die("no SUBACK within 30 s"); poll_once(NS / 1000); } }

// ------------------------------------------------------------------ runs
static struct { u64 t, cpu, sys, self, rxp, txp, rxa; } A, B;
static void snap_a(void) { procstat s = sample(false); A.cpu = s.cpu_us; A.sys = s.sys_us; A.self = self_cpu_us(); A.t = now_ns(); A.rxp = rx_pub; A.txp = tx_pub; A.rxa = rx_ack; measuring = true; }
static void snap_b(void) { measuring = false; procstat s = sample(false); B.cpu = s.cpu_us; B.sys = s.sys_us; B.self = self_cpu_us(); B.t = now_ns(); B.rxp = rx_pub; B.txp = tx_pub; B.rxa = rx_ack; }
static void traffic(void) {
  u64 t0 = now_ns(), warm = t0 + (u64)(O.warmup * 1e9), end = warm + (u64)(O.duration * 1e9), sent = 0; bool started = false; last_rx = t0;
  double gap = O.rate > 0 ? 1e9 / (O.rate * npubs) : 0;
  int per = O.inflight / npubs; if (per < 1) per = 1; u64 all = 0; if (O.once) for (int i = 0; i < npubs; i++) all += (u64)pubs[i]->npk;
  if (O.rate <= 0) for (int i = 0; i < npubs; i++) { pubs[i]->credit = per; make_ready(pubs[i]); }
  for (;;) {
    u64 t = now_ns();
    if (O.once) { if (!started && answered >= all / 5) { snap_a(); started = true; } if (answered >= all || t - last_rx > 5 * NS) break; }
    else { if (!started && t >= warm) { snap_a(); started = true; } if (t >= end) break; }
    u64 to = NS / 100;
    if (O.rate > 0) {
      u64 due; while ((due = t0 + (u64)((double)sent * gap)) <= t) { conn *c = pubs[sent % (u64)npubs]; if (c->state == S_UP) publish(c, due); sent++; }
      to = due - t;
    } else {
      int keep = 0; for (int i = 0; i < nready; i++) { conn *c = ready[i]; if (c->state != S_UP) { c->inready = false; continue; }
        int n = 0; if (O.once && c->credit > c->npk - (int)c->seq) c->credit = c->npk - (int)c->seq;
        while (c->credit > 0 && n < O.batch && c->w.len - c->w.off < (1u << 18)) { c->credit--; n++; publish(c, t); }
        if (c->credit > 0) ready[keep++] = c; else c->inready = false; }
      nready = keep; if (keep) to = 0;
      if (!O.once && t - last_rx > 2 * NS) { for (int i = 0; i < npubs; i++) if (pubs[i]->outstanding > 0) { lost += (u64)pubs[i]->outstanding; pubs[i]->outstanding = 0; if (pubs[i]->ring) pubs[i]->rt = pubs[i]->rh; pubs[i]->credit = per; make_ready(pubs[i]); } last_rx = t; }
    }
    if (O.once) { poll_once(to); continue; }
    if (started && end - t < to) to = end - t; else if (!started && warm - t < to) to = warm - t;
    poll_once(to);
  }
  snap_b();
  u64 stop = now_ns() + 2 * NS; for (;;) { bool w = false; for (int i = 0; i < npubs && !w; i++) w = pubs[i]->outstanding > 0; if (!w || now_ns() > stop) break; poll_once(NS / 1000); }
  if (O.mode != M_FANOUT) for (int i = 0; i < npubs; i++) if (pubs[i]->outstanding > 0) lost += (u64)pubs[i]->outstanding;
}
static int first_field; static void kv(const char *k, const char *fmt, ...) {
  va_list a; va_start(a, fmt); if (O.json) { printf("%s\"%s\":", first_field++ ? "," : "{", k); vprintf(fmt, a); } else { printf("  %-26s ", k); vprintf(fmt, a); putchar('\n'); } va_end(a);
}
static void report_common(void) {
  if (O.json) { kv("label", "\"%s\"", O.label); kv("mode", "\"%s\"", MODES[O.mode]); } else printf("%s %s\n", MODES[O.mode], O.label);
  kv("conns", "%d", O.conns); kv("qos", "%d", O.qos); kv("mqtt", "%d", O.ver);
}
static void report_lat(const char *pre, const hist *h) {
  char k[64]; static const struct { const char *n; double q; } Q[] = { { "p50_us", .5 }, { "p90_us", .9 }, { "p99_us", .99 }, { "p999_us", .999 } };
  for (int i = 0; i < 4; i++) { snprintf(k, sizeof k, "%s%s", pre, Q[i].n); kv(k, "%.1f", h_q(h, Q[i].q)); }
  snprintf(k, sizeof k, "%smax_us", pre); kv(k, "%.1f", (double)h->max / 1e3);
}

static const char HELP[] =
"mqload - MQTT load generator (one thread, epoll)\n"
"usage: mqload MODE [options]\n"
"modes\n"
"  storm    open --conns connections; --rate N starts a second (open loop) or --conc at a time (closed loop);\n"
"           latency = connect() (or its due time) to CONNACK; --churn hangs up after each CONNACK\n"
"  idle     open --conns connections, wait --settle, report memory of --pid per connection; --touch: each one also\n"
"           subscribes its --rep-topic and publishes once; --ping S: then ping every S seconds for --duration\n"
"  fanin    --conns publishers -> --subs 1 subscriber of --sub-topic; flood (window --inflight in all) or paced (--rate)\n"
"  rr       --conns clients publish to --req-topic and wait for --rep-topic; the built-in responder client answers\n"
"           unless --no-responder (the server under test answers itself)\n"
"  fanout   1 publisher -> --conns subscribers of one topic; flood (window --inflight messages) or paced (--rate)\n"
"load\n"
"  --conns N        connections (default 10)          --rate R       messages a second and publisher; 0 = flood (default)\n"
"  --qos 0|1        (default 0)                       --inflight W   flood window, total (fanin 1000, rr = conns, fanout 4)\n"
"  --payload B      payload bytes, >= 24 (128)        --batch B      flood: most messages a publisher writes at once (64)\n"
"  --topics K       topics a connection cycles over (1) - a gateway with K sub-devices\n"
"  --bodies FILE    rr: lines CONNECTION<TAB>PAYLOAD, the payloads a connection cycles over (the topic's {k} counts them)\n"
"  --once           each payload or topic once; the first fifth is warm-up; --duration and --warmup do not count\n"
"  --prelude FILE   lines CONNECTION<TAB>TOPIC<TAB>PAYLOAD, sent once the connection is up and answered with code 200 before\n"
"                   anything is measured (rr, idle): log-ins of a gateway's sub-devices\n"
"  --expect TEXT    rr: counts answers that lack TEXT      --no-subscribe   rr: do not subscribe to --rep-topic\n"
"  --body FILE      payload text for rr/idle; @ID@ in it becomes a 9-digit number that changes with each message\n"
"  --duration S     measured seconds (5)              --warmup S     unmeasured seconds before (1)\n"
"  --conc N         storm/ramp-up: connects in progress (100)\n"
"  --rehearse       storm: once unmeasured before, as warm-up; those connections are closed\n"
"  --settle S       pause after ramp-up (1)           --churn, --touch, --ping S, --no-responder: see above\n"
"identity (templates: {i} connection number, {k} topic number, {c1}..{c9} tab-separated column of the --creds line)\n"
"  --client-id T (lg-{i})   --user T   --pass T   --pub-topic T (lg/in/{i}/{k})   --sub-topic T (lg/in/#)\n"
"  --req-topic T (lg/req/{i}/{k})   --rep-topic T (lg/rep/{i}/{k})\n"
"  --creds FILE     one line a connection; without --client-id/--user/--pass columns 1-3 are those\n"
"connection\n"
"  --host IP (127.0.0.1)  --port N (1883)  --mqtt 4|5 (4)  --keepalive S (300)\n"
"  --tls            TLS 1.2 or 1.3, any certificate     --ws   WebSocket, a frame a packet; with --tls secure\n"
"  --src-ips N      spread over N source addresses 127.0.0.2.. (default 1 per 1,000 connections; --churn 64)\n"
"measuring\n"
"  --pid P[,P..]    server processes: CPU time from /proc/P/stat, memory from /proc/P/status and smaps_rollup\n"
"  --json           one JSON object on one line         --label TEXT   copied into it\n"
"exit status: 0; 1 usage or set-up error; 2 connections failed or died, messages were lost, or answers were not as expected\n";

int main(int argc, char **argv) {
  enum { CONNS = 256, RATE, QOS, INFL, PAYL, BATCH, TOPICS, BODY, DUR, WARM, CONC, SETTLE, CHURN, TOUCH, PING, NORESP, CID, USER, PASS, PUBT, SUBT, REQT, REPT, CREDS, HOST, PORT, MQTT, KEEP, SRC, PID, JSON, LABEL, SUBS, PRELUDE, BODIES, ONCE, EXPECT, NOSUB, REHEARSE, TLS, WS, HELPO };
  static const struct option L[] = { {"conns",1,0,CONNS},{"rate",1,0,RATE},{"qos",1,0,QOS},{"inflight",1,0,INFL},{"payload",1,0,PAYL},{"batch",1,0,BATCH},{"topics",1,0,TOPICS},{"body",1,0,BODY},{"duration",1,0,DUR},{"warmup",1,0,WARM},{"conc",1,0,CONC},{"settle",1,0,SETTLE},{"churn",0,0,CHURN},{"touch",0,0,TOUCH},{"ping",1,0,PING},{"no-responder",0,0,NORESP},{"client-id",1,0,CID},{"user",1,0,USER},{"pass",1,0,PASS},{"pub-topic",1,0,PUBT},{"sub-topic",1,0,SUBT},{"req-topic",1,0,REQT},{"rep-topic",1,0,REPT},{"creds",1,0,CREDS},{"host",1,0,HOST},{"port",1,0,PORT},{"mqtt",1,0,MQTT},{"keepalive",1,0,KEEP},{"src-ips",1,0,SRC},{"pid",1,0,PID},{"json",0,0,JSON},{"label",1,0,LABEL},{"subs",1,0,SUBS},{"prelude",1,0,PRELUDE},{"bodies",1,0,BODIES},{"once",0,0,ONCE},{"expect",1,0,EXPECT},{"no-subscribe",0,0,NOSUB},{"rehearse",0,0,REHEARSE},{"tls",0,0,TLS},{"ws",0,0,WS},{"help",0,0,HELPO},{0,0,0,0} };
  int o; while ((o = getopt_long(argc, argv, "h", L, 0)) != -1) switch (o) {
    case CONNS: O.conns = atoi(optarg); break; case RATE: O.rate = atof(optarg); break; case QOS: O.qos = atoi(optarg); break; case INFL: O.inflight = atoi(optarg); break;
    case PAYL: O.payload = atoi(optarg); break; case BATCH: O.batch = atoi(optarg); break; case TOPICS: O.topics = atoi(optarg); break; case BODY: O.body = optarg; break;
    case DUR: O.duration = atof(optarg); break; case WARM: O.warmup = atof(optarg); break; case CONC: O.conc = atoi(optarg); break; case SETTLE: O.settle = atof(optarg); break;
    case CHURN: O.churn = true; break; case TOUCH: O.touch = true; break; case PING: O.ping = atof(optarg); break; case NORESP: O.no_responder = true; break;
    case CID: O.client_id = optarg; break; case USER: O.user = optarg; break; case PASS: O.pass = optarg; break; case PUBT: O.pub_topic = optarg; break; case SUBT: O.sub_topic = optarg; break;
    case REQT: O.req_topic = optarg; break; case REPT: O.rep_topic = optarg; break; case CREDS: O.creds = optarg; break; case HOST: O.host = optarg; break; case PORT: O.port = atoi(optarg); break;
    case MQTT: O.ver = atoi(optarg); break; case KEEP: O.keepalive = atoi(optarg); break; case SRC: O.src_ips = atoi(optarg); break; case JSON: O.json = true; break; case LABEL: O.label = optarg; break; case SUBS: O.subs = atoi(optarg); break;
    case PRELUDE: O.prelude = optarg; break; case BODIES: O.bodies = optarg; break; case ONCE: O.once = true; break; case EXPECT: O.expect = optarg; break; case NOSUB: O.no_subscribe = true; break; case REHEARSE: O.rehearse = true; break; case TLS: O.tls = true; break; case WS: O.ws = true; break;
    case PID: for (char *s = strtok(optarg, ","); s && O.npids < 64; s = strtok(0, ",")) O.pids[O.npids++] = atoi(s); break;
    case HELPO: case 'h': fputs(HELP, stdout); return 0; default: fputs(HELP, stderr); return 1; }
  if (optind >= argc) { fputs(HELP, stderr); return 1; }
  O.mode = -1; for (int i = 0; i < 5; i++) if (!strcmp(argv[optind], MODES[i])) O.mode = i; if (O.mode < 0) die("unknown mode %s", argv[optind]);
  if (O.payload < RAW_STAMP) die("--payload must be at least %d", RAW_STAMP); if (O.ver != 4 && O.ver != 5) die("--mqtt is 4 or 5"); if (O.qos < 0 || O.qos > 1) die("--qos is 0 or 1"); if (O.conns < 1 || O.topics < 1) die("--conns and --topics must be positive");
  if (strncmp(O.host, "127.", 4)) die("--host: loopback addresses only");
  if (O.creds) load_creds(O.creds);
  if (O.tls) tls_init(); signal(SIGPIPE, SIG_IGN);
  if (O.body) { FILE *f = fopen(O.body, "r"); if (!f) die("cannot open %s", O.body); body_text = xmalloc(65536); size_t n = fread(body_text, 1, 65535, f); fclose(f); body_text[n] = 0; }
  prctl(PR_SET_TIMERSLACK, 1000UL);
  struct rlimit rl; getrlimit(RLIMIT_NOFILE, &rl); rl.rlim_cur = rl.rlim_max; setrlimit(RLIMIT_NOFILE, &rl);
  int extra = O.mode == M_FANIN ? O.subs : O.mode == M_RR ? !O.no_responder : O.mode == M_FANOUT ? 1 : 0; NC = O.conns + extra;
  if ((rlim_t)NC + 16 > rl.rlim_max && !O.churn) die("ulimit -n %ld is too low for %d connections", (long)rl.rlim_max, NC);
  if (!O.src_ips) O.src_ips = O.churn ? 64 : (NC + 999) / 1000;
  if (O.inflight < 0) O.inflight = O.mode == M_FANIN ? 1000 : O.mode == M_RR ? O.conns : 4;
  C = calloc((size_t)NC, sizeof *C); dirtyq = xmalloc(sizeof *dirtyq * (size_t)NC); ready = xmalloc(sizeof *ready * (size_t)NC); pubs = xmalloc(sizeof *pubs * (size_t)NC); ep = epoll_create1(EPOLL_CLOEXEC);
  for (int i = 0; i < NC; i++) { C[i].idx = i; C[i].fd = -1; }
  if (O.prelude) load_msgs(&prelude, O.prelude, true); if (O.bodies) load_msgs(&bodies, O.bodies, false);

  if (O.mode == M_STORM) {
    if (O.rehearse) { connect_range(0, NC, 0, false); spin(0.3); for (int i = 0; i < NC; i++) if (C[i].state == S_UP) hangup(&C[i]); reset_conns(); spin(0.5); }
    A.cpu = sample(false).cpu_us; A.self = self_cpu_us(); A.t = now_ns(); connect_range(0, NC, O.rate, O.churn); B.t = now_ns(); B.cpu = sample(false).cpu_us; B.self = self_cpu_us();
    double s = (double)(B.t - A.t) / 1e9; report_common(); kv("connected", "%" PRIu64, h_conn.n); kv("failed", "%" PRIu64, fails); kv("seconds", "%.3f", s); kv("connects_per_s", "%.0f", (double)h_conn.n / s);
    report_lat("", &h_conn); if (O.npids) { kv("server_cpu_us_per_conn", "%.2f", (double)(B.cpu - A.cpu) / (double)h_conn.n); kv("server_cpu_pct", "%.1f", (double)(B.cpu - A.cpu) / s / 1e4); } kv("gen_cpu_pct", "%.1f", (double)(B.self - A.self) / s / 1e4);
  } else if (O.mode == M_IDLE) {
    procstat m0 = sample(true); u64 k0 = tcp_mem_kb(); connect_range(0, NC, O.rate, false); if (O.touch) { wait_subacks(); } wait_prelude(); procstat m1 = sample(true); spin(O.settle); procstat m2 = sample(true); u64 k2 = tcp_mem_kb();
    report_common(); kv("connected", "%d", n_up); kv("failed", "%" PRIu64, fails); kv("rss_before_kb", "%" PRIu64, m0.rss_kb); kv("rss_peak_kb", "%" PRIu64, m1.rss_kb); kv("rss_settled_kb", "%" PRIu64, m2.rss_kb);
    kv("rss_per_conn_kb", "%.3f", (double)((int64_t)m2.rss_kb - (int64_t)m0.rss_kb) / n_up); kv("pss_per_conn_kb", "%.3f", (double)((int64_t)m2.pss_kb - (int64_t)m0.pss_kb) / n_up); kv("kernel_tcp_kb_per_conn_pair", "%.3f", (double)((int64_t)k2 - (int64_t)k0) / n_up);
    if (O.ping > 0) { u64 t0 = now_ns(), end = t0 + (u64)(O.duration * 1e9), gap = (u64)(O.ping * 1e9 / NC), k = 0, c0 = sample(false).cpu_us, p0 = rx_ping; for (u64 t; (t = now_ns()) < end;) { while (t0 + k * gap <= t) { static const u8 pr[2] = { 0xC0, 0 }; conn *c = &C[k++ % (u64)NC]; if (c->state == S_UP) put(c, pr, 2); } u64 d = t0 + k * gap - t; poll_once(d < NS / 100 ? d : NS / 100); }
      u64 c1 = sample(false).cpu_us; kv("pings", "%" PRIu64, rx_ping - p0); if (rx_ping > p0) kv("server_cpu_us_per_ping", "%.2f", (double)(c1 - c0) / (double)(rx_ping - p0)); }
  } else {
    int np = O.mode == M_FANOUT ? 1 : O.conns; // publishers come first, subscribers or the responder after them
    for (int i = 0; i < NC; i++) C[i].role = O.mode == M_FANIN ? (i < np ? R_PUB : R_SUB) : O.mode == M_RR ? (i < np ? R_REQ : R_RESP) : (i < 1 ? R_PUB : R_SUB);
    if (O.mode == M_FANOUT) { O.subs = O.conns; if (!strcmp(O.sub_topic, "lg/in/#")) O.sub_topic = "lg/in/0/0"; }
    int per = O.inflight / np + 1; u32 ring = 64; while (ring < (u32)per * 2 || (O.rate > 0 && ring < 4096)) ring *= 2;
    for (int i = 0; i < np; i++) { conn *c = &C[i]; if (O.mode == M_RR) { c->ring = xmalloc(8 * ring); c->rmask = ring - 1; } build_pub(c, O.mode == M_RR ? O.req_topic : O.pub_topic, O.topics, (u32)O.payload, O.qos); pubs[npubs++] = c; }
    connect_range(np, NC, 0, false); wait_subacks(); connect_range(0, np, 0, false); wait_prelude(); wait_subacks(); if (n_up != NC) fprintf(stderr, "mqload: only %d of %d connections are up\n", n_up, NC);
    spin(O.settle); traffic(); procstat m = sample(true);
    double s = (double)(B.t - A.t) / 1e9; u64 msgs = O.mode == M_RR ? reqs : B.rxp - A.rxp;
    report_common(); if (O.mode == M_RR) kv("responder", O.no_responder ? "\"server\"" : "\"client\""); kv("payload", "%d", body_text ? (int)strlen(body_text) : O.bodies ? (int)strlen(bodies.m[0].text) : O.payload); kv("rate_per_conn", "%.1f", O.rate); kv("inflight", "%d", O.rate > 0 ? 0 : O.inflight); kv("seconds", "%.3f", s);
    kv("sent", "%" PRIu64, B.txp - A.txp); kv("msgs", "%" PRIu64, msgs); kv("msgs_per_s", "%.0f", (double)msgs / s); if (O.qos) kv("pubacks", "%" PRIu64, B.rxa - A.rxa); kv("lost", "%" PRIu64, lost); kv("died", "%" PRIu64, dead_measuring); if (O.expect) kv("unexpected", "%" PRIu64, unexpected);
    report_lat("", &h_lat); if (O.npids) { kv("server_cpu_us_per_msg", "%.3f", msgs ? (double)(B.cpu - A.cpu) / (double)msgs : -1.0); kv("server_sys_us_per_msg", "%.3f", msgs ? (double)(B.sys - A.sys) / (double)msgs : -1.0); kv("server_cpu_pct", "%.1f", (double)(B.cpu - A.cpu) / s / 1e4); kv("server_rss_kb", "%" PRIu64, m.rss_kb); } kv("gen_cpu_pct", "%.1f", (double)(B.self - A.self) / s / 1e4);
  }
  kv("gen_cpu_s", "%.3f", (double)self_cpu_us() / 1e6);
  if (O.json) puts("}");
  bool bad = fails || lost || dead_measuring || unexpected; for (int i = 0; i < NC; i++) if (C[i].state == S_UP) hangup(&C[i]);
  return bad ? 2 : 0;
}
