/* SPDX-License-Identifier: MIT */
/* A process of its own reads (yaml_tell.c), yaml_build.c builds; here is the
 * pipe between them. */
#define _GNU_SOURCE /* pipe2() */
#include "sim/app/load/yaml_build.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* One event with its texts. */
struct message {
	struct yaml_event event;
	char text[YAML_MOST_TEXT + 2];
	char anchor[YAML_MOST_ANCHOR + 1];
};

static bool receive(FILE *from, void *to, size_t n)
{
	return n == 0 || fread(to, n, 1, from) == 1;
}

/* False: there is none, or none that could be. */
static bool next_message(FILE *from, struct message *m)
{
	if (!receive(from, &m->event, sizeof m->event) ||
	    m->event.text > YAML_MOST_TEXT + 1 ||
	    m->event.anchor > YAML_MOST_ANCHOR ||
	    !receive(from, m->text, m->event.text) ||
	    !receive(from, m->anchor, m->event.anchor))
		return false;
	m->text[m->event.text] = '\0';
	m->anchor[m->event.anchor] = '\0';
	return true;
}

static void read_events(struct reader *r, FILE *from)
{
	struct message m;

	while (!r->stopped && !r->ended && next_message(from, &m))
		yaml_build(r, &m.event, m.text, m.anchor);
	if (!r->stopped && !r->ended)
		yaml_stop(r, NULL,
			  "this is nothing that the YAML library could read");
}

static void bury(pid_t child)
{
	kill(child, SIGKILL); /* whatever it has still to say */
	while (waitpid(child, NULL, 0) < 0 && errno == EINTR)
		;
}

/* Starts the reader; gives its end of the pipe, or NULL and errno. */
static FILE *start(const char *text, size_t n, pid_t *child)
{
	int ends[2];

	if (pipe2(ends, O_CLOEXEC) != 0)
		return NULL;
	*child = fork();
	if (*child == 0) {
		close(ends[0]);
		yaml_tell(ends[1], text, n);
	}
	close(ends[1]);
	if (*child > 0)
		return fdopen(ends[0], "r");
	close(ends[0]);
	return NULL;
}

static void parse(struct reader *r, const char *text, size_t n)
{
	pid_t child;
	FILE *from = start(text, n, &child);

	if (!from) {
		fprintf(stderr,
			"ringsim: no process to read a scenario in: %s.\n",
			strerror(errno));
		exit(1);
	}
	read_events(r, from);
	fclose(from);
	bury(child);
}

static bool says_nothing(const struct yaml *root)
{
	return !root || (root->kind == YAML_TEXT && !root->text);
}

struct yaml *yaml_read(const char *path, struct complaints *c)
{
	struct reader r = {.file = path, .c = c};
	size_t size = 0;
	char *text = yaml_slurp(path, &size, c);

	if (!text)
		return NULL;
	parse(&r, text, size);
	free(text);
	yaml_built(&r);
	if (!r.stopped && says_nothing(r.root))
		yaml_stop(&r, NULL, "it says nothing: there are only comments");
	if (r.stopped) {
		yaml_free(r.root);
		return NULL;
	}
	yaml_drop_repeated(r.root);
	return r.root;
}
