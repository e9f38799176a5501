/*
 * The firmware as a SystemC module: a TLM-2.0 target for registers and memory, SMC and HVC for CPU models, interrupts.
 * IEEE 1666-2011: b_transport with annotated delay, debug transport, DMI for plain memory. docs/systemc.md shows its use.
 *
 * Time: the firmware's virtual time is the simulation's, since construction or reset(). An access with an annotated delay
 * happens at the caller's local time, sc_time_stamp() + delay, and adds to the delay what it takes. The firmware never goes
 * back: a caller whose local time is behind what another one has already brought about is served at that later time,
 * and its delay says so. Accesses by DMI and debug take no time.
 */
#ifndef SCMI_TARGET_H
#define SCMI_TARGET_H

#include <cstdint>
#include <cstring>
#include <map>
#include <utility>
#include <vector>

#include <systemc>
#include <tlm>
#include <tlm_utils/simple_target_socket.h>

#include "scmi_cosim.h"

class scmi_target : public sc_core::sc_module {
public:
	/** Physical addresses, as the platform has them, in 32 bits. */
	tlm_utils::simple_target_socket<scmi_target> socket;
	/** One line for each channel, by its index: high for half a nanosecond for each interrupt, edge-triggered. */
	sc_core::sc_vector<sc_core::sc_signal<bool>> interrupt;
	/** Notified when the system has turned itself off or reset itself: stopped() says which. */
	sc_core::sc_event stop_event;

	SC_HAS_PROCESS(scmi_target);

	/** @param image the platform, as `scmi-cosim image -o FILE` writes it; an image that is refused is a fatal report */
	scmi_target(sc_core::sc_module_name name, const void *image, std::size_t length)
		: sc_module(name), socket("socket"), interrupt("interrupt"), ns_(sc_core::sc_time(1, sc_core::SC_NS).value())
	{
		scmi_error error;
		scmi_ = scmi_create(image, length, &error);
		if (scmi_ == nullptr)
			SC_REPORT_FATAL("scmi_target", error.text);
		if (ns_ < 2)
			SC_REPORT_FATAL("scmi_target", "the time resolution is 1 ns or more, expected less");
		interrupt.init(scmi_channel_count(scmi_));
		seen_.resize(interrupt.size());
		origin_ = sc_core::sc_time_stamp();
		socket.register_b_transport(this, &scmi_target::b_transport);
		socket.register_transport_dbg(this, &scmi_target::transport_dbg);
		socket.register_get_direct_mem_ptr(this, &scmi_target::get_direct_mem_ptr);
		SC_METHOD(wake);
		sensitive << wake_event_;
		SC_METHOD(drive);
		sensitive << drive_event_;
		dont_initialize();
	}

	~scmi_target() override
	{
		scmi_destroy(scmi_);
	}

	/** Executes SMC on a CPU with x0 to x7, which get its results; the caller's delay grows by what it takes. */
	void smc(unsigned cpu, std::uint64_t (&x)[8], sc_core::sc_time &delay)
	{
		trap(cpu, SCMI_SMC, x, delay);
	}

	/** The same for HVC. */
	void hvc(unsigned cpu, std::uint64_t (&x)[8], sc_core::sc_time &delay)
	{
		trap(cpu, SCMI_HVC, x, delay);
	}

	/** Puts a CPU into the secure or the normal world. */
	void set_secure(unsigned cpu, bool secure)
	{
		check(scmi_set_secure(scmi_, cpu, secure));
	}

	scmi_stop stopped() const
	{
		return scmi_stopped(scmi_);
	}

	/** Begins again, at this time. Interrupts that were to come are gone. */
	void reset()
	{
		check(scmi_reset(scmi_));
		origin_ = sc_core::sc_time_stamp();
		seen_.assign(seen_.size(), 0);
		edges_.clear();
		for (std::size_t i = 0; i < interrupt.size(); i++)
			edges_.insert({origin_, {i, false}});
		told_ = false;
		schedule();
	}

	/** The firmware itself, to look at: whoever changes it bypasses time and interrupts. */
	scmi_cosim *firmware()
	{
		return scmi_;
	}

private:
	scmi_cosim *scmi_ = nullptr;
	/** A nanosecond in units of the time resolution. */
	const sc_dt::uint64 ns_;
	/** When the firmware's time was 0. */
	sc_core::sc_time origin_;
	sc_core::sc_event wake_event_, drive_event_;
	/** How many interrupts of each channel have led to an edge. */
	std::vector<std::uint32_t> seen_;
	/** Levels that lines get, with the time that they get them. */
	std::multimap<sc_core::sc_time, std::pair<std::size_t, bool>> edges_;
	bool told_ = false;

	static void check(scmi_status status)
	{
		if (status != SCMI_OK)
			SC_REPORT_FATAL("scmi_target", scmi_status_text(status));
	}

	/** The simulation's time when the firmware has a time in ns. */
	sc_core::sc_time outside(std::uint64_t time_ns) const
	{
		return origin_ + sc_core::sc_time::from_value(time_ns * ns_);
	}

	/** Up to a time of the simulation, from event to event, so that interrupts have their own time. */
	void run_to(const sc_core::sc_time &time)
	{
		const std::uint64_t end = (time - origin_).value() / ns_;
		while (stopped() == SCMI_RUNNING && scmi_next_event_ns(scmi_) < end) {
			check(scmi_advance_to(scmi_, scmi_next_event_ns(scmi_)));
			collect();
		}
		if (scmi_time_ns(scmi_) < end || scmi_next_event_ns(scmi_) <= end)
			check(scmi_advance_to(scmi_, end));
		collect();
	}

	void enter(const sc_core::sc_time &delay)
	{
		run_to(sc_core::sc_time_stamp() + delay);
	}

	void leave(sc_core::sc_time &delay)
	{
		collect();
		const sc_core::sc_time done = outside(scmi_time_ns(scmi_));
		if (done > sc_core::sc_time_stamp() + delay)
			delay = done - sc_core::sc_time_stamp();
		schedule();
	}

	/** Turns interrupts that were raised into edges to come, and tells of a stop. */
	void collect()
	{
		const sc_core::sc_time now = sc_core::sc_time_stamp();
		const sc_core::sc_time raised = outside(scmi_time_ns(scmi_));
		for (std::size_t i = 0; i < seen_.size(); i++) {
			const std::uint32_t count = scmi_channel_interrupts(scmi_, static_cast<std::uint32_t>(i));
			if (count == seen_[i])
				continue;
			seen_[i] = count;
			const sc_core::sc_time up = raised > now ? raised : now;
			edges_.insert({up, {i, true}});
			edges_.insert({up + sc_core::sc_time::from_value(ns_ / 2), {i, false}});
		}
		if (!told_ && stopped() != SCMI_RUNNING) {
			told_ = true;
			stop_event.notify(raised > now ? raised - now : sc_core::SC_ZERO_TIME);
		}
	}

	void schedule()
	{
		const sc_core::sc_time now = sc_core::sc_time_stamp();
		drive_event_.cancel();
		if (!edges_.empty())
			drive_event_.notify(edges_.begin()->first - now);
		wake_event_.cancel();
		const std::uint64_t next = scmi_next_event_ns(scmi_);
		const std::uint64_t most = (sc_core::sc_max_time() - origin_).value() / ns_;
		if (stopped() != SCMI_RUNNING || next > most)
			return;
		const sc_core::sc_time due = outside(next);
		wake_event_.notify(due > now ? due - now : sc_core::SC_ZERO_TIME);
	}

	/** Something happens by itself. */
	void wake()
	{
		run_to(sc_core::sc_time_stamp());
		schedule();
	}

	void drive()
	{
		while (!edges_.empty() && edges_.begin()->first <= sc_core::sc_time_stamp()) {
			const auto [line, level] = edges_.begin()->second;
			edges_.erase(edges_.begin());
			interrupt[line].write(level);
		}
		schedule();
	}

	void trap(unsigned cpu, scmi_conduit conduit, std::uint64_t (&x)[8], sc_core::sc_time &delay)
	{
		std::uint64_t *const registers = scmi_registers(scmi_, cpu);
		if (registers == nullptr) {
			SC_REPORT_ERROR("scmi_target", scmi_status_text(SCMI_USAGE));
			return;
		}
		enter(delay);
		std::memcpy(registers, x, sizeof x);
		check(scmi_trap(scmi_, cpu, conduit));
		std::memcpy(x, registers, sizeof x);
		leave(delay);
	}

	void b_transport(tlm::tlm_generic_payload &transaction, sc_core::sc_time &delay)
	{
		if (transaction.get_byte_enable_ptr() != nullptr) {
			transaction.set_response_status(tlm::TLM_BYTE_ENABLE_ERROR_RESPONSE);
			return;
		}
		if (transaction.get_streaming_width() < transaction.get_data_length()) {
			transaction.set_response_status(tlm::TLM_BURST_ERROR_RESPONSE);
			return;
		}
		enter(delay);
		const bool done = access(transaction) == transaction.get_data_length();
		leave(delay);
		transaction.set_response_status(done ? tlm::TLM_OK_RESPONSE : tlm::TLM_ADDRESS_ERROR_RESPONSE);
	}

	unsigned transport_dbg(tlm::tlm_generic_payload &transaction)
	{
		const unsigned done = access(transaction);
		collect();
		schedule();
		transaction.set_response_status(done > 0 ? tlm::TLM_OK_RESPONSE : tlm::TLM_ADDRESS_ERROR_RESPONSE);
		return done;
	}

	/** Reads or writes: memory as it is, registers in whole words. Returns the bytes that were. */
	unsigned access(tlm::tlm_generic_payload &transaction)
	{
		const bool writes = transaction.is_write();
		const unsigned length = transaction.get_data_length();
		unsigned char *const data = transaction.get_data_ptr();
		transaction.set_dmi_allowed(false);
		if (transaction.is_read() == writes)
			return length;
		if (transaction.get_address() > UINT32_MAX)
			return 0;
		const auto address = static_cast<std::uint32_t>(transaction.get_address());
		if (auto *const memory = static_cast<unsigned char *>(scmi_memory(scmi_, address, length))) {
			std::memcpy(writes ? memory : data, writes ? data : memory, length);
			transaction.set_dmi_allowed(true);
			return length;
		}
		if (address % 4 != 0 || length % 4 != 0)
			return 0;
		for (unsigned i = 0; i < length; i += 4) {
			std::uint32_t value = 0;
			std::memcpy(&value, data + i, writes ? sizeof value : 0);
			const scmi_status status = writes ? scmi_write32(scmi_, address + i, value)
							  : scmi_read32(scmi_, address + i, &value);
			if (status == SCMI_BUS_ERROR)
				return i;
			check(status);
			std::memcpy(data + i, &value, writes ? 0 : sizeof value);
		}
		return length;
	}

	bool get_direct_mem_ptr(tlm::tlm_generic_payload &transaction, tlm::tlm_dmi &dmi)
	{
		const sc_dt::uint64 address = transaction.get_address();
		scmi_block block;
		for (std::uint32_t i = 0; scmi_block_at(scmi_, i, &block) == SCMI_OK; i++) {
			if (!block.memory || address < block.address || address - block.address >= block.size)
				continue;
			dmi.set_start_address(block.address);
			dmi.set_end_address(static_cast<sc_dt::uint64>(block.address) + block.size - 1);
			dmi.set_dmi_ptr(static_cast<unsigned char *>(scmi_memory(scmi_, block.address, block.size)));
			dmi.allow_read_write();
			dmi.set_read_latency(sc_core::SC_ZERO_TIME);
			dmi.set_write_latency(sc_core::SC_ZERO_TIME);
			return true;
		}
		return false;
	}
};

#endif
