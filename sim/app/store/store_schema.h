/* SPDX-License-Identifier: MIT */
/* The tables and views of a database, as SQL. */
#ifndef APP_STORE_SCHEMA_H
#define APP_STORE_SCHEMA_H

#define STORE_APPLICATION_ID 0x72696e67 /* "ring" */
#define STORE_VERSION	     2		/* of the tables */

/* CREATE TABLE ..., all of them. */
extern const char store_tables[];

/*
 * A view is a query over internal tables. $member stands for the table that
 * says which runs belong to which experiments: t_member, or what the sandbox
 * puts in its place to show one experiment alone.
 */
struct store_view {
	const char *name, *columns;
	const char *query; /* NULL: made as experiments come (v_result) */
	const char *doc;
};

extern const struct store_view store_views[]; /* ends with a NULL name */

#define V_RESULT_COLUMNS "run, experiment, scenario, seed, metric, value, unit"

/* The query with its $member replaced; malloc'ed, or NULL. */
char *store_query(const char *query, const char *member);
/* The query (with $member) behind v_result for the runs of one set of n
 * columns; malloc'ed, or NULL. */
char *store_result_query(long long set, unsigned n);

#endif
