/* SPDX-License-Identifier: MIT */
/*
 * From a chart to a picture: the script against what strangers may write into a
 * scenario, and what happens when gnuplot is missing or fails.
 */
#include "tests/figure_fixture.h"

static char *script_of(const struct chart *c, enum format format)
{
	char *text = NULL;
	size_t size;
	FILE *to = open_memstream(&text, &size);

	gnuplot_print(c, format, to);
	fclose(to);
	return text;
}

static void test_same_script(void **state)
{
	struct fixture *f = *state;
	char *first, *second;

	first = script_of(build(f, "{" RATE_BY_COST "}"), FORMAT_SVG);
	second = script_of(build(f, "{" RATE_BY_COST "}"), FORMAT_SVG);
	assert_string_equal(first, second);
	assert_null(strstr(first, f->folder));
	free(first);
	free(second);
}

/* What is not in quotes and no comment is ours: words, numbers, colours. */
static void assert_tame(const char *script)
{
	bool quoted = false, comment = false;
	const char *p;

	for (p = script; *p; p++) {
		assert_true(*p == '\n' || (unsigned char)*p >= ' ');
		if (*p == '\n') {
			assert_false(quoted);
			comment = false;
		} else if (*p == '#' && !quoted &&
			   (p == script || p[-1] == '\n')) {
			comment = true;
		} else if (*p == '\'' && !comment) {
			quoted = !quoted;
		} else if (!quoted && !comment) {
			assert_null(strchr("`!@\"", *p));
		}
	}
}

#define EVIL                                                                   \
	"''; !touch pwned ''''; `touch pwned` $(touch pwned) @m %g \\\"\\\\"   \
	"\\n!touch pwned\\nEND\\n</text><script> \\u001b[31m {/Symbol a}"

/* The same as JSON reads it. */
#define EVIL_READ                                                              \
	"''; !touch pwned ''''; `touch pwned` $(touch pwned) @m %g \"\\"       \
	"\n!touch pwned\nEND\n</text><script> \033[31m {/Symbol a}"

static void write_evil(struct fixture *f)
{
	char *sql = sqlite3_mprintf(
		"UPDATE costs SET \"host.rest\" = %Q || \"host.rest\";"
		"UPDATE t_experiment SET question = %Q, source = %Q;"
		"UPDATE t_sample SET probe = %Q;"
		"INSERT INTO t_stall VALUES(2, 1.2e7, 5e6, %Q, %Q, %Q);"
		"UPDATE t_expect SET id = %Q, kind = %Q, metric = %Q, value = "
		"1",
		EVIL "\n\033[31m'", EVIL "\n!touch pwned", "'\xff\xc0",
		EVIL_READ, EVIL_READ, EVIL_READ, EVIL_READ, EVIL_READ,
		EVIL_READ, EVIL_READ);

	exec(f, sql);
	sqlite3_free(sql);
}

#define EVIL_WORDS                                                             \
	"\"title\":\"" EVIL "\",\"label_x\":\"" EVIL "\",\"label_y\":\"" EVIL  \
	"\",\"ideal\":{\"label\":\"" EVIL "\",\"sql\":\"1\"}"

static void test_hostile_words(void **state)
{
	static const char *const specs[] = {
		"{" RATE_BY_COST "," EVIL_WORDS "}",
		"{\"x\":\"host.rest\",\"y\":\"app.rate\"," EVIL_WORDS "}",
		"{\"kind\":\"stalls\",\"series\":\"waiter\",\"marks\":{\"" EVIL
		"\":1e6}}",
		"{\"kind\":\"panels\",\"panels\":[{\"title\":\"" EVIL
		"\",\"y\":\"" EVIL "\"}]}",
		"{\"kind\":\"expected\",\"band\":\"" EVIL "\"}",
	};
	struct fixture *f = *state;
	char picture[128], pwned[128], *script;
	unsigned i;

	write_evil(f);
	snprintf(picture, sizeof picture, "%s/evil.svg", f->folder);
	snprintf(pwned, sizeof pwned, "%s/pwned", f->folder);
	assert_int_equal(chdir(f->folder), 0);
	for (i = 0; i < sizeof specs / sizeof *specs; i++) {
		struct chart *c = build(f, specs[i]);

		if (!c)
			fail_msg("%s", f->trouble.text);
		script = script_of(c, FORMAT_SVG);
		assert_tame(script);
		free(script);
		if (!render_file(c, FORMAT_SVG, picture, &f->trouble))
			fail_msg("%s", f->trouble.text);
	}
	assert_int_not_equal(access(pwned, F_OK), 0);
	assert_int_equal(chdir("/"), 0);
}

static void test_words(void **state)
{
	char *text = NULL;
	size_t size;
	FILE *to = open_memstream(&text, &size);

	(void)state;
	text_quote(to, "it's", 10);
	text_quote(to, "äöü\x80\xc3", 10);
	text_quote(to, "a\nb\033c", 10);
	text_quote(to, "äöüäöü", 4);
	text_quote_tick(to, "5%", 10);
	fclose(to);
	assert_string_equal(text, "'it’s''äöü?"
				  "?''a b c''äöü…''5%%'");
	free(text);
}

/* --- gnuplot -------------------------------------------------------------- */

static char *content_of(const char *path)
{
	FILE *file = fopen(path, "r");
	char *text = calloc(1, 1 << 20);

	assert_non_null(file);
	text[fread(text, 1, (1 << 20) - 1, file)] = '\0';
	fclose(file);
	return text;
}

static void test_same_picture(void **state)
{
	struct fixture *f = *state;
	struct chart *c = build(f, "{" RATE_BY_COST "}");
	char path[128], *first, *second;

	snprintf(path, sizeof path, "%s/it.svg", f->folder);
	assert_true(render_file(c, FORMAT_SVG, path, &f->trouble));
	first = content_of(path);
	assert_true(render_file(c, FORMAT_SVG, path, &f->trouble));
	second = content_of(path);
	assert_string_equal(first, second);
	assert_non_null(strstr(first, "retries(20)"));
	free(first);
	free(second);
}

/* How many files lie in the folder. */
static int count_files(struct fixture *f)
{
	char command[128];
	FILE *list;
	int n;

	snprintf(command, sizeof command, "/bin/ls -A '%s' | /usr/bin/wc -l",
		 f->folder);
	list = popen(command, "r");
	assert_int_equal(fscanf(list, "%d", &n), 1);
	pclose(list);
	return n;
}

/* A gnuplot that does what `commands` say, first in PATH; or none at all. */
static void replace_gnuplot(struct fixture *f, const char *commands)
{
	char path[128];
	FILE *file;

	assert_int_equal(setenv("PATH", f->folder, 1), 0);
	if (!commands)
		return;
	snprintf(path, sizeof path, "%s/gnuplot", f->folder);
	file = fopen(path, "w");
	fprintf(file, "#!/bin/sh\n%s\n", commands);
	fclose(file);
	assert_int_equal(chmod(path, 0755), 0);
}

static void test_gnuplot_trouble(void **state)
{
	static const struct {
		const char *commands, *sentence;
	} cases[] = {
		{NULL, "gnuplot-nox"},
		{"echo half; echo '  line 3: no luck' >&2; exit 1", "no luck"},
		{"exit 0", "nothing"},
		{"kill -9 $$", "signal 9"},
	};
	struct fixture *f = *state;
	struct chart *c = build(f, "{" RATE_BY_COST "}");
	char path[128], *before, *after;
	unsigned i;

	snprintf(path, sizeof path, "%s/it.svg", f->folder);
	assert_true(render_file(c, FORMAT_SVG, path, &f->trouble));
	before = content_of(path);
	for (i = 0; i < sizeof cases / sizeof *cases; i++) {
		int files;

		replace_gnuplot(f, cases[i].commands);
		files = count_files(f);
		assert_false(render_file(c, FORMAT_SVG, path, &f->trouble));
		assert_int_equal(f->trouble.exit, 1);
		assert_non_null(strstr(f->trouble.text, cases[i].sentence));
		assert_int_equal(count_files(f), files);
	}
	after = content_of(path);
	assert_string_equal(before, after);
	free(before);
	free(after);
}

static void test_unwritable(void **state)
{
	struct fixture *f = *state;
	struct chart *c = build(f, "{" RATE_BY_COST "}");
	struct stat st;
	char path[128];

	snprintf(path, sizeof path, "%s/no/it.svg", f->folder);
	assert_false(render_file(c, FORMAT_SVG, path, &f->trouble));
	assert_int_equal(f->trouble.exit, 1);
	assert_false(render_file(c, FORMAT_SVG, f->folder, &f->trouble));
	/* A pipe stands for all that is no file, such as /dev/null: a test
	 * that fails may be run by root. */
	snprintf(path, sizeof path, "%s/pipe", f->folder);
	assert_int_equal(mkfifo(path, 0600), 0);
	assert_false(render_file(c, FORMAT_SVG, path, &f->trouble));
	assert_int_equal(f->trouble.exit, 2);
	assert_int_equal(stat(path, &st), 0);
	assert_true(S_ISFIFO(st.st_mode));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(test_same_script),	    TEST(test_hostile_words),
		TEST(test_words),	    TEST(test_same_picture),
		TEST(test_gnuplot_trouble), TEST(test_unwritable),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
