/*
 * A closed-loop load generator for Linux. Each connection sends `depth` requests in one write, and the next ones when all of those are answered, for
 * `seconds`. It prints one line of JSON; times in it are microseconds, and a wait is that of the `depth` requests together.
 *
 *   load [KEY=VALUE]... -- TEMPLATE...
 *
 * Every connection goes through the templates in turn. In a template, %d is an id that has not been used yet, %r an id drawn by chance from the
 * share of 1..ids that belongs to this connection alone, and %l the one that it drew last.
 *
 *   port, connections, depth, seconds, warm-up   what is answered during the warm-up is not counted
 *   first-id=N     the first %d
 *   ids=N          %r draws from 1..N
 *   good=N:C       an answer, which ends with a newline, is good when its byte N is C; others are counted as wrong
 *   readers=N      the first N connections send the last template only, and the others the rest in turn; the readers' answers are counted apart, too
 *   at-once=1      all connections are opened at once, and the first wait of each begins with its opening
 *   hold=1         each connection is answered once; then a line is printed, and they stay open, idle, until the end of standard input
 *   drip=1         each connection sends a byte of the first template a second, and its last one again and again; a line is printed once each has
 *                  sent one, and they go on until the end of standard input
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

struct connection {
  int fd;
  int index;
  int opening;
  int pending;
  int served;
  size_t turn;     /* which template comes next */
  size_t column;   /* how much of the current answer has been read */
  unsigned long drawn;
  double since;    /* when what is pending was sent, or the opening began */
};

static double port, connections = 1, depth = 1, seconds = 1, warm_up, first_id = 1, ids = 1, at_once, hold, drip, readers;
static size_t good_at;
static int good_byte = -1;

static const struct { const char *name; double *value; } OPTIONS[] = {
  {"port", &port}, {"connections", &connections}, {"depth", &depth}, {"seconds", &seconds}, {"warm-up", &warm_up},
  {"first-id", &first_id}, {"ids", &ids}, {"at-once", &at_once}, {"hold", &hold}, {"drip", &drip},
  {"readers", &readers},
};

static char **templates;
static size_t template_count, in_turn; /* in_turn: the first so many are gone through in turn */
static unsigned long next_id;
static char *out;
static unsigned long answers, read_answers, bytes, wrong;
static float *waits;
static size_t wait_count, wait_room;
static int held, epoll, finishing, unfinished;

static void fail(const char *action) {
  fprintf(stderr, "load: %s: %s\n", action, strerror(errno));
  exit(1);
}

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec + time.tv_nsec * 1e-9;
}

static void read_option(char *argument) {
  char *value = strchr(argument, '=');
  if (value == NULL) { fprintf(stderr, "load: expected KEY=VALUE, found %s\n", argument); exit(2); }
  *value++ = 0;
  if (strcmp(argument, "good") == 0) {
    char *end;
    good_at = strtoul(value, &end, 10);
    good_byte = (unsigned char)end[1];
    return;
  }
  for (size_t i = 0; i < sizeof OPTIONS / sizeof *OPTIONS; i++) {
    if (strcmp(argument, OPTIONS[i].name) == 0) { *OPTIONS[i].value = atof(value); return; }
  }
  fprintf(stderr, "load: unknown option %s\n", argument);
  exit(2);
}

static int is_reader(const struct connection *c) {
  return c->index < readers;
}

static char *fill(char *to, struct connection *c) {
  for (const char *from = is_reader(c) ? templates[template_count - 1] : templates[c->turn++ % in_turn]; *from; from++) {
    if (from[0] != '%') { *to++ = *from; continue; }
    from++;
    if (*from == 'r') c->drawn = 1 + c->index + (unsigned long)connections * (random() % (unsigned long)(ids / connections));
    to += sprintf(to, "%lu", *from == 'd' ? next_id++ : c->drawn);
  }
  return to;
}

static void send_batch(struct connection *c) {
  char *end = out;
  for (int i = 0; i < depth; i++) end = fill(end, c);
  c->pending = depth;
  /* a batch is far smaller than a socket's buffer, which is empty: what is pending has been answered */
  if (write(c->fd, out, end - out) != end - out) fail("cannot send a batch in one write");
}

static void open_connection(struct connection *c) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  int on = 1;
  c->since = now();
  c->fd = socket(AF_INET, SOCK_STREAM | (at_once ? SOCK_NONBLOCK : 0), 0);
  if (c->fd < 0) fail("cannot make a socket");
  setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (connect(c->fd, (struct sockaddr *)&address, sizeof address) < 0 && errno != EINPROGRESS) fail("cannot connect");
  c->opening = at_once;
  struct epoll_event event = {.events = c->opening ? EPOLLIN | EPOLLOUT : EPOLLIN, .data.ptr = c};
  epoll_ctl(epoll, EPOLL_CTL_ADD, c->fd, &event);
}

static void opened(struct connection *c) {
  struct epoll_event event = {.events = EPOLLIN, .data.ptr = c};
  epoll_ctl(epoll, EPOLL_CTL_MOD, c->fd, &event);
  c->opening = 0;
  send_batch(c);
}

static void answered(struct connection *c) {
  double time = now();
  if (wait_count == wait_room) waits = realloc(waits, (wait_room = wait_room ? 2 * wait_room : 65536) * sizeof *waits);
  waits[wait_count++] = (time - c->since) * 1e6;
  c->served = 1;
  if (hold) { held++; return; }
  if (finishing && c->turn % in_turn == 0) { unfinished--; return; }
  c->since = time;
  send_batch(c);
}

static void receive(struct connection *c) {
  static char in[1 << 20];
  ssize_t length = recv(c->fd, in, sizeof in, MSG_DONTWAIT);
  if (length < 0 && errno == EAGAIN) return;
  if (length <= 0) { if (length == 0) errno = ECONNRESET; fail("a connection was lost"); }
  bytes += length;
  for (char *at = in, *end = in + length; at < end;) {
    char *newline = memchr(at, '\n', end - at);
    size_t size = (newline ? newline + 1 : end) - at;
    if (good_byte >= 0 && c->column <= good_at && good_at < c->column + size && (unsigned char)at[good_at - c->column] != good_byte) wrong++;
    c->column = newline ? 0 : c->column + size;
    at += size;
    if (newline) { answers++; c->pending--; if (is_reader(c)) read_answers++; }
  }
  if (c->pending == 0) answered(c);
}

static void handle_events(void) {
  struct epoll_event events[256];
  int ready = epoll_wait(epoll, events, 256, 50);
  for (int i = 0; i < ready; i++) {
    struct connection *c = events[i].data.ptr;
    if (c->opening) opened(c);
    else receive(c);
  }
}

static int ascending(const void *a, const void *b) {
  float x = *(const float *)a, y = *(const float *)b;
  return (x > y) - (x < y);
}

static double wait_at(double share) {
  return wait_count == 0 ? 0 : waits[(size_t)((wait_count - 1) * share)];
}

static void report(struct connection *all, double from, double to) {
  double worst = 0;
  int unserved = 0;
  qsort(waits, wait_count, sizeof *waits, ascending);
  worst = wait_at(1);
  for (int i = 0; i < connections; i++) {
    /* one that is still waiting at the end has waited that long at least */
    if ((to - all[i].since) * 1e6 > worst) worst = (to - all[i].since) * 1e6;
    if (!all[i].served) unserved++;
  }
  printf("{\"seconds\":%.4f,\"answers\":%lu,\"readAnswers\":%lu,\"bytes\":%lu,\"wrong\":%lu,\"unserved\":%d,\"p50\":%.1f,\"p99\":%.1f,\"p999\":%.1f,\"max\":%.1f}\n",
         to - from, answers, read_answers, bytes, wrong, unserved, wait_at(0.5), wait_at(0.99), wait_at(0.999), worst);
}

static void send_byte(struct connection *c) {
  const char *text = templates[0];
  /* one that the server has let go is not missed */
  send(c->fd, text + c->turn, 1, MSG_DONTWAIT | MSG_NOSIGNAL);
  if (text[c->turn + 1]) c->turn++;
}

/* The bytes of all connections are spread over the second. */
static void drip_all(struct connection *all) {
  struct pollfd end = {.fd = 0, .events = POLLIN};
  for (int i = 0; i < connections; i++) send_byte(&all[i]);
  printf("{\"answers\":0}\n");
  fflush(stdout);
  double start = now();
  for (unsigned long sent = 0;;) {
    double ahead = start + sent / connections - now();
    if (poll(&end, 1, ahead > 0 ? (int)(ahead * 1000) + 1 : 0) != 0) return;
    while (start + sent / connections <= now()) send_byte(&all[sent++ % (unsigned long)connections]);
  }
}

int main(int count, char **arguments) {
  int at = 1;
  while (at < count && strcmp(arguments[at], "--") != 0) read_option(arguments[at++]);
  templates = arguments + at + 1;
  template_count = count > at + 1 ? count - at - 1 : 0;
  if (template_count == 0) { fprintf(stderr, "load: no template\n"); return 2; }
  in_turn = template_count - (readers > 0);
  size_t longest = 0;
  for (size_t i = 0; i < template_count; i++) if (strlen(templates[i]) > longest) longest = strlen(templates[i]);
  out = malloc((longest * 10 + 64) * depth); /* two characters become twenty digits at most */
  next_id = first_id;
  srandom(first_id);

  struct connection *all = calloc(connections, sizeof *all);
  epoll = epoll_create1(0);
  for (int i = 0; i < connections; i++) {
    all[i].index = i;
    open_connection(&all[i]);
  }
  if (drip) { drip_all(all); return 0; }
  double from = at_once ? all[0].since : now(), start = from;
  if (!at_once) for (int i = 0; i < connections; i++) { all[i].since = now(); send_batch(&all[i]); }
  int warm = warm_up == 0;
  for (;;) {
    double time = now();
    if (!warm && time >= start + warm_up) {
      warm = 1;
      from = time;
      answers = read_answers = bytes = wait_count = 0;
    }
    if (hold ? held == connections : time >= start + warm_up + seconds) break;
    handle_events();
  }
  report(all, from, now());
  fflush(stdout);
  /* what the templates change together is not left half done: the board is as it was before, ready for another run */
  finishing = in_turn > 1;
  for (unfinished = finishing ? connections : 0; unfinished > 0;) handle_events();
  char end;
  while (hold && read(0, &end, 1) > 0);
  return 0;
}
