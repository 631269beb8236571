/* SPDX-License-Identifier: MIT */
/* Who touches whom: the plugs of neighbours in the path. */
#include "models/hypervisor/kvm.h"
#include "models/hypervisor/mirage.h"
#include "models/hypervisor/qemu.h"
#include "models/hypervisor/vmx.h"
#include "sim/app/world/world_inside.h"

static void meet(struct stage *guest, struct stage *host)
{
	host->back->ring = guest->front->ring;
	host->back->receive = guest->front->receive;
	host->back->peer = guest->front;
	guest->front->peer = host->back;
}

/* Who carries a notification, and what it costs whom. */
static void connect_ring(struct world *w, struct stage *guest,
			 struct stage *host)
{
	struct doorbell *kick = &guest->front->kick;
	struct doorbell *call = &host->back->call;

	meet(guest, host);
	kick->handler = &host->back->on_kick;
	call->handler = &guest->front->on_call;
	if (guest->type->home == HOME_OWN) {
		kick->ring = doorbell_direct;
		call->ring = doorbell_direct;
		return;
	}
	kvm_call(w->kvm, call, guest->cpu);
	if (host->back->ioeventfd)
		kvm_kick_light(w->kvm, kick, host->executor);
	else
		kvm_kick_heavy(w->kvm, kick, qemu_big_lock(w->qemu));
}

/* The unikernel that stands over this frontend. */
static struct stage *unikernel_over(struct world *w, const struct stage *guest)
{
	for (unsigned i = 1; i <= w->sc->n_path; i++)
		if (w->stages[i]->type == &mirage_type &&
		    w->stages[i]->domain == guest->domain)
			return w->stages[i];
	return NULL;
}

/* Linux 3.12 has an event channel for each ring, if the guest asks for it. */
static void split(struct stage *guest, struct stage *host)
{
	struct front *front = guest->front;
	struct back *back = host->back;
	struct vcpu *vcpu = (struct vcpu *)host->cpu;

	if (!front->split || !back->on_kick_receive.run)
		return;
	front->kick_receive.handler = &back->on_kick_receive;
	xen_bind(&front->kick_receive, host->domain,
		 xen_port(host->domain, vcpu->number, &back->on_kick_receive));
	back->call_receive.handler = &front->on_call_receive;
	xen_bind(&back->call_receive, guest->domain,
		 xen_port(guest->domain, 0, &front->on_call_receive));
}

/* One event channel for both rings and both directions; or two. */
static void connect_vif(struct world *w, struct stage *guest,
			struct stage *host)
{
	struct doorbell *kick = &guest->front->kick;
	struct doorbell *call = &host->back->call;
	struct stage *os = unikernel_over(w, guest);
	struct vcpu *vcpu = (struct vcpu *)host->cpu;

	meet(guest, host);
	kick->handler = &host->back->on_kick;
	xen_bind(kick, host->domain,
		 xen_port(host->domain, vcpu->number, kick->handler));
	if (os) {
		guest->front->line =
			mirage_line(os, call, stage_part(host, "call"));
		return;
	}
	call->handler = &guest->front->on_call;
	xen_bind(call, guest->domain,
		 xen_port(guest->domain, 0, call->handler));
	split(guest, host);
}

static void meet_queues(struct front *front, struct back *back)
{
	back->ring = front->ring;
	back->peer = front;
	front->peer = back;
	front->kick.handler = &back->on_kick;
	back->call.handler = &front->on_call;
}

/* A message for each queue, or a level for a device's two. */
static void connect_pci(struct world *w, struct stage *guest,
			struct stage *host)
{
	struct vmx_line *line = NULL;

	for (unsigned i = 0; i < guest->n_queues; i++) {
		struct front *front = &guest->fronts[i];
		struct back *back = &host->backs[i];

		meet_queues(front, back);
		vmx_kick(w->vmx, &front->kick, front->way,
			 back->ioeventfd ? host->executor : NULL, back->user);
		if (!line || !front->level || i % 2 == 0)
			line = vmx_line(w->vmx, front->level);
		vmx_call(line, &back->call, back->user || front->level);
	}
}

static void connect_net(struct stage *above, struct stage *below)
{
	above->below = below->nic;
	below->above = above->rx;
}

/* The second device of a stage that stands on two. */
static void connect_behind(struct stage *above, struct stage *below)
{
	above->below_behind = below->nic;
	below->above = above->rx_behind;
}

static void connect_link(struct stage *a, struct stage *b)
{
	*(a->link_behind ? &a->peer_behind : &a->peer) = b->link;
	b->peer = a->link_behind ? a->link_behind : a->link;
}

/* Whether a or b is the upper one, the guest, … depends on which way round they
 * stand. What ends a path has nothing to do with what begins the next. */
static void connect_pair(struct world *w, enum plug plug, struct stage *a,
			 struct stage *b)
{
	switch (plug) {
	case PLUG_PORT:
		a->out = b->in;
		return;
	case PLUG_RING:
		connect_ring(w, a, b);
		return;
	case PLUG_NET:
		if (b->reversed)
			connect_net(b, a);
		else if (a->rx_behind)
			connect_behind(a, b);
		else
			connect_net(a, b);
		return;
	case PLUG_VIF:
		if (a->front)
			connect_vif(w, a, b);
		else
			connect_vif(w, b, a);
		return;
	case PLUG_PCI:
		if (a->fronts)
			connect_pci(w, a, b);
		else
			connect_pci(w, b, a);
		return;
	case PLUG_LINK:
		connect_link(a, b);
		return;
	case PLUG_NONE:
		return;
	}
}

void world_connect(struct world *w)
{
	for (unsigned i = 1; i < w->sc->n_path; i++)
		connect_pair(w, stage_ends(&w->sc->stages[i]), w->stages[i],
			     w->stages[i + 1]);
}
