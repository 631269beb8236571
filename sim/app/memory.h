/* SPDX-License-Identifier: MIT */
/*
 * Memory of the roof, where its amount is the user's. When the machine has
 * none left that is said once, and the program ends with 1: there is nothing
 * else to be done, and nothing half-written.
 */
#ifndef APP_MEMORY_H
#define APP_MEMORY_H

#include <stddef.h>

/* n zeroed things. Free with free(), as all of these. */
void *mem_new(size_t n, size_t size);
/* A copy; NULL of NULL. */
char *mem_text(const char *text);
__attribute__((format(printf, 1, 2))) char *mem_format(const char *format, ...);

/* The array, moved if need be, with a zeroed place at index n. It grows by
 * doubling; n is its length so far, and was never less. */
void *mem_room(void *array, unsigned n, size_t size);

/* Appends a zeroed element and gives its address:
 * *mem_push(names, n_names) = name; */
#define mem_push(array, n)                                                     \
	((array) = mem_room((array), (n), sizeof *(array)), &(array)[(n)++])

#endif
