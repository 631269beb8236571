/* SPDX-License-Identifier: MIT */
/*
 * A YAML file as a tree in which everything knows its place. A thin layer over
 * libfyaml's events: a scenario may come from a stranger, so what could be
 * abused (depth, size, aliases that multiply, a second document) is bounded or
 * refused while reading.
 */
#ifndef APP_YAML_H
#define APP_YAML_H

#include <stdbool.h>

#include "sim/app/complaints.h"

enum yaml_kind { YAML_TEXT, YAML_LIST, YAML_MAP };

struct yaml_entry {
	char *key;	  /* NULL in a list */
	int line, column; /* of the key, or of the list's element */
	struct yaml *value;
	bool repeated; /* the key stood here before; only while reading */
};

struct yaml {
	enum yaml_kind kind;
	const char *file; /* as given to yaml_read(); borrowed */
	int line, column; /* from 1 */
	char *text;	  /* YAML_TEXT; NULL: nothing, or ~, stands there */
	struct yaml_entry *entries;
	unsigned n;
};

#define YAML_MOST_BYTES	 (1 << 20)
#define YAML_MOST_TEXT	 16384
#define YAML_MOST_KEYS	 1000  /* of one map */
#define YAML_MOST_VALUES 10000 /* of one list */
#define YAML_MOST_BLANKS 1000  /* in a row */
#define YAML_DEPTH	 24

/* Reads a file. NULL: it cannot be read as YAML, and c says why. Mistakes that
 * leave a tree (a key that stands twice) are complained about as well. */
struct yaml *yaml_read(const char *path, struct complaints *c);
void yaml_free(struct yaml *root);

/* The text of a file, *size bytes and a NUL, malloc'ed. NULL: it is none, too
 * big, or not UTF-8; c says why. */
char *yaml_slurp(const char *path, size_t *size, struct complaints *c);

/* A copy, at most `depth` deep; each value takes one of *budget. NULL: that is
 * not enough. */
struct yaml *yaml_copy(const struct yaml *y, unsigned depth, unsigned *budget);
/* Forgets the keys that were marked as repeated. */
void yaml_drop_repeated(struct yaml *y);

/* The value of a key of a map, or NULL. */
struct yaml *yaml_get(const struct yaml *map, const char *key);

/* "a text", "a list", "a map", "nothing": for complaints. */
const char *yaml_kind_name(const struct yaml *y);

#endif
