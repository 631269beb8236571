/* SPDX-License-Identifier: MIT */
/* The bytes of a file, if they can be a scenario at all. */
#define _GNU_SOURCE /* O_CLOEXEC */
#include "sim/app/load/yaml.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sim/app/memory.h"

/* The length of a character that may stand in a text file, or 0. */
static size_t character(const unsigned char *s, size_t left)
{
	static const unsigned least[] = {0, 0, 0x80, 0x800, 0x10000};
	size_t n = s[0] < 0x80 ? 1 : s[0] < 0xe0 ? 2 : s[0] < 0xf0 ? 3 : 4;
	unsigned code = s[0] & (0xffu >> (n + 1));

	if (n == 1)
		return s[0] == '\t' || s[0] == '\n' || s[0] == '\r' ||
		       (s[0] >= ' ' && s[0] != 0x7f);
	if (s[0] < 0xc0 || s[0] > 0xf4 || left < n)
		return 0;
	for (size_t i = 1; i < n; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return 0;
		code = code << 6 | (s[i] & 0x3f);
	}
	return code >= least[n] && code <= 0x10ffff &&
			       (code < 0xd800 || code > 0xdfff) && code >= 0xa0
		       ? n
		       : 0;
}

/* libfyaml takes a minute to find out that a long line of % is no directive. */
static bool is_directive(const char *text, size_t i)
{
	static const char mark[] = "\xef\xbb\xbf";

	if (text[i] != '%')
		return false;
	return i == 0 || text[i - 1] == '\n' || text[i - 1] == '\r' ||
	       (i == 3 && memcmp(text, mark, 3) == 0);
}

/* One clause about the character at text[i], NULL if it is a good one; *step is
 * its length, *blanks how many blanks there are in a row. */
static const char *check_character(const char *text, size_t n, size_t i,
				   size_t *step, unsigned *blanks)
{
	*step = character((const unsigned char *)text + i, n - i);
	*blanks = strchr(" \t\r\n", text[i]) ? *blanks + 1 : 0;
	if (*step == 0)
		return "here is a byte that is no text; a scenario is a text "
		       "in UTF-8";
	if (is_directive(text, i))
		return "this line is a YAML directive, of which a scenario "
		       "needs none";
	/* Its time grows with the square of their number. */
	if (*blanks > YAML_MOST_BLANKS)
		return "there are more than 1000 blanks in a row";
	return NULL;
}

static bool check_text(const char *path, const char *text, size_t n,
		       struct complaints *c)
{
	int line = 1, column = 1;
	unsigned blanks = 0;
	const char *why;
	size_t step;

	for (size_t i = 0; i < n; i += step) {
		why = check_character(text, n, i, &step, &blanks);
		if (why) {
			complain(c, path, line, column, "%s", why);
			return false;
		}
		column++;
		if (text[i] == '\n') {
			line++;
			column = 1;
		}
	}
	return true;
}

/* Says why, and gives no file. */
__attribute__((format(printf, 3, 4))) static int
refuse(const char *path, struct complaints *c, const char *format, ...)
{
	va_list args;
	char why[256];

	va_start(args, format);
	vsnprintf(why, sizeof why, format, args);
	va_end(args);
	complain(c, path, 0, 0, "%s", why);
	return -1;
}

/* May it be read as a scenario? */
static int check_file(const char *path, int fd, size_t *size,
		      struct complaints *c)
{
	struct stat st;

	if (fd < 0 || fstat(fd, &st) != 0)
		return refuse(path, c, "it cannot be read: %s",
			      strerror(errno));
	if (S_ISDIR(st.st_mode))
		return refuse(path, c,
			      "it is a directory; a scenario is a file");
	if (!S_ISREG(st.st_mode))
		return refuse(path, c, "it is not a regular file");
	if (st.st_size > YAML_MOST_BYTES)
		return refuse(path, c,
			      "it is %.1f MiB; a scenario is a text of at most "
			      "1 MiB",
			      (double)st.st_size / YAML_MOST_BYTES);
	if (st.st_size == 0)
		return refuse(path, c, "it is empty");
	*size = (size_t)st.st_size;
	return 0;
}

/* As many bytes as there are, up to *size. */
static char *read_all(const char *path, int fd, size_t *size,
		      struct complaints *c)
{
	char *text = mem_new(*size + 1, 1);
	size_t have = 0;
	ssize_t n = 1;

	while (have < *size && n > 0) {
		n = read(fd, text + have, *size - have);
		if (n < 0 && errno == EINTR)
			n = 1;
		else if (n > 0)
			have += (size_t)n;
	}
	*size = have;
	if (n >= 0)
		return text;
	refuse(path, c, "it cannot be read: %s", strerror(errno));
	free(text);
	return NULL;
}

char *yaml_slurp(const char *path, size_t *size, struct complaints *c)
{
	/* Not to block on what turns out to be a pipe. */
	int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	char *text = NULL;

	if (check_file(path, fd, size, c) == 0)
		text = read_all(path, fd, size, c);
	if (fd >= 0)
		close(fd);
	if (text && !check_text(path, text, *size, c)) {
		free(text);
		text = NULL;
	}
	return text;
}
