/* SPDX-License-Identifier: MIT */
/*
 * Plain tables on a terminal. Columns are as wide as what stands in them; the
 * one that is called wrapped gives way and breaks its words into lines when
 * the table would be wider than the terminal.
 */
#ifndef APP_TABLE_H
#define APP_TABLE_H

#include <stdio.h>

struct table;

#define TABLE_NO_WRAP (~0u)

/* `heads`: one text per column, copied; a leading '>' aligns the column to the
 * right. Free with table_free(). */
struct table *table_new(const char *const *heads, unsigned n, unsigned wrapped);
/* The next cell, row after row; copied. */
void table_add(struct table *t, const char *text);
/* A line of its own between rows, broken into words, indented by four. */
void table_note(struct table *t, const char *text);
/* A line that heads the rows below it, after an empty one. */
void table_title(struct table *t, const char *text);
void table_print(const struct table *t, unsigned width, FILE *to);
void table_free(struct table *t);

/* How wide the terminal behind stdout is; 120 if there is none. */
unsigned terminal_width(void);
/* How many columns a text takes: its characters, not its bytes. */
unsigned text_width(const char *text);
/* Prints a text broken into lines of at most `width`, each indented. */
void print_wrapped(const char *text, unsigned indent, unsigned width, FILE *to);

#endif
