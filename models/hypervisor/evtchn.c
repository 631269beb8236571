/* SPDX-License-Identifier: MIT */
#include "models/hypervisor/evtchn.h"

#include <assert.h>

void evtchn_init(struct evtchn *e, unsigned n_vcpus)
{
	assert(n_vcpus > 0 && n_vcpus <= EVTCHN_VCPUS);
	*e = (struct evtchn){.n_vcpus = n_vcpus, .unmasked_wakes_poller = true};
	for (unsigned i = 0; i < n_vcpus; i++)
		e->vcpus[i].upcall_mask = true;
}

bool evtchn_unblock(struct evtchn *e, unsigned vcpu)
{
	struct evtchn_vcpu *v = &e->vcpus[vcpu];
	bool slept = v->blocked;

	v->blocked = false;
	v->poll_evtchn = 0;
	e->n_polling -= v->polling;
	v->polling = false;
	return slept;
}

/* With the thread's belief this does not wake who polls. */
static bool hears_upcall(const struct evtchn *e, unsigned vcpu)
{
	return !e->vcpus[vcpu].polling || e->unmasked_wakes_poller;
}

/* The selector, and vcpu_mark_events_pending(). */
static void select_port(struct evtchn *e, unsigned port,
			struct evtchn_sent *sent)
{
	unsigned vcpu = e->vcpu_of[port];
	struct evtchn_vcpu *v = &e->vcpus[vcpu];
	uint64_t bit = (uint64_t)1 << port / 64;

	if (v->pending_sel & bit)
		return;
	v->pending_sel |= bit;
	if (v->upcall_pending)
		return;
	v->upcall_pending = true;
	sent->upcall = true;
	if (hears_upcall(e, vcpu) && evtchn_unblock(e, vcpu))
		sent->unblock |= 1u << vcpu;
}

/* Those who poll for this port, or for several, whichever. */
static void wake_pollers(struct evtchn *e, unsigned port,
			 struct evtchn_sent *sent)
{
	if (!evtchn_is_masked(e, port) && !e->unmasked_wakes_poller)
		return;
	for (unsigned i = 0; i < e->n_vcpus; i++) {
		const struct evtchn_vcpu *v = &e->vcpus[i];

		if (!v->polling)
			continue;
		if (v->poll_evtchn > 0 && v->poll_evtchn != (int)port)
			continue;
		evtchn_unblock(e, i);
		sent->unblock |= 1u << i;
	}
}

struct evtchn_sent evtchn_set_pending(struct evtchn *e, unsigned port)
{
	struct evtchn_sent sent = {0};

	if (evtchn_is_pending(e, port)) {
		sent.merged = true;
		return sent;
	}
	e->pending[port / 64] |= (uint64_t)1 << port % 64;
	if (!evtchn_is_masked(e, port))
		select_port(e, port, &sent);
	if (e->n_polling)
		wake_pollers(e, port, &sent);
	return sent;
}

struct evtchn_sent evtchn_unmask(struct evtchn *e, unsigned port)
{
	struct evtchn_sent sent = {0};

	if (!evtchn_is_masked(e, port))
		return sent;
	evtchn_mask_clear(e, port);
	if (evtchn_is_pending(e, port))
		select_port(e, port, &sent);
	return sent;
}

bool evtchn_block(struct evtchn *e, unsigned vcpu)
{
	struct evtchn_vcpu *v = &e->vcpus[vcpu];

	v->upcall_mask = false;
	v->blocked = !v->upcall_pending;
	return v->blocked;
}

static bool any_pending(const struct evtchn *e, const uint16_t *ports,
			unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		if (evtchn_is_pending(e, ports[i]))
			return true;
	return false;
}

enum evtchn_poll evtchn_poll(struct evtchn *e, unsigned vcpu,
			     const uint16_t *ports, unsigned n)
{
	struct evtchn_vcpu *v = &e->vcpus[vcpu];

	if (n > POLL_PORTS_MAX)
		return POLL_EINVAL;
	if (evtchn_deliverable(e, vcpu) || any_pending(e, ports, n))
		return POLL_RETURNS;
	v->blocked = v->polling = true;
	v->poll_evtchn = n == 1 ? ports[0] : -1;
	e->n_polling++;
	return POLL_SLEEPS;
}

void evtchn_look_begin(struct evtchn *e, unsigned vcpu, struct evtchn_look *l)
{
	struct evtchn_vcpu *v = &e->vcpus[vcpu];

	v->upcall_pending = false;
	l->sel = v->pending_sel;
	l->from = 0;
	v->pending_sel = 0;
}

/* In this word, at or behind `from`; -1: none. */
static int look_in_word(const struct evtchn *e, unsigned vcpu, unsigned word,
			unsigned from)
{
	uint64_t bits = from < 64 ? e->pending[word] & ~e->mask[word] &
					    ~(uint64_t)0 << from
				  : 0;

	for (; bits; bits &= bits - 1) {
		unsigned port = 64 * word + (unsigned)__builtin_ctzll(bits);

		if (e->vcpu_of[port] == vcpu)
			return (int)port;
	}
	return -1;
}

int evtchn_look_next(struct evtchn *e, unsigned vcpu, struct evtchn_look *l)
{
	while (l->sel) {
		unsigned word = (unsigned)__builtin_ctzll(l->sel);
		int port = look_in_word(e, vcpu, word, l->from);

		if (port >= 0) {
			l->from = (unsigned)port % 64 + 1;
			return port;
		}
		l->sel &= l->sel - 1;
		l->from = 0;
	}
	return -1;
}

unsigned evtchn_scan(struct evtchn *e, unsigned vcpu, uint16_t *ports,
		     unsigned most)
{
	struct evtchn_look look;
	unsigned n = 0;
	int port;

	evtchn_look_begin(e, vcpu, &look);
	while (n < most && (port = evtchn_look_next(e, vcpu, &look)) >= 0) {
		evtchn_clear(e, (unsigned)port);
		ports[n++] = (uint16_t)port;
	}
	if (evtchn_look_next(e, vcpu, &look) >= 0) {
		e->vcpus[vcpu].pending_sel |= look.sel;
		e->vcpus[vcpu].upcall_pending = true;
	}
	return n;
}
