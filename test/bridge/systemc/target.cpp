/*
 * What scmi_target.h promises: time, TLM responses, DMI, debug transport, interrupts, stop and reset.
 * IEEE 1666-2011, chapters 11 and 12. Usage: target IMAGE. Ends with "kept", or with the first promise that is broken.
 */
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>

#include <tlm_utils/simple_initiator_socket.h>

#include "scmi_target.h"

#define EXPECT(condition)                                                              \
	do {                                                                           \
		if (!(condition)) {                                                    \
			std::cerr << "target.cpp:" << __LINE__ << ": " << #condition   \
				  << " at " << sc_core::sc_time_stamp() << std::endl;  \
			std::exit(1);                                                  \
		}                                                                      \
	} while (0)

using sc_core::sc_time;
using sc_core::sc_time_stamp;
using sc_core::SC_NS;
using sc_core::SC_US;
using sc_core::SC_ZERO_TIME;

constexpr std::uint64_t TX = 0x93f000, RX = 0x93f200, CCM = 0x30380000, WDOG1_WCR = 0x30280000;
constexpr std::uint64_t TX_FUNCTION_ID = 0xc20000fe, SMCCC_VERSION = 0x80000000;

class test_bench : public sc_core::sc_module {
public:
	tlm_utils::simple_initiator_socket<test_bench> socket;
	bool done = false;

	SC_HAS_PROCESS(test_bench);

	test_bench(sc_core::sc_module_name name, scmi_target &firmware) : sc_module(name), socket("socket"), firmware_(firmware)
	{
		SC_THREAD(run);
		SC_METHOD(count);
		sensitive << firmware.interrupt[1].posedge_event();
		dont_initialize();
		SC_METHOD(see_stop);
		sensitive << firmware.stop_event;
		dont_initialize();
	}

private:
	scmi_target &firmware_;
	unsigned edges_ = 0;
	sc_time edge_at_, stop_at_;

	void count()
	{
		edges_++;
		edge_at_ = sc_time_stamp();
	}

	void see_stop()
	{
		stop_at_ = sc_time_stamp();
	}

	static void fill(tlm::tlm_generic_payload &t, tlm::tlm_command command, std::uint64_t address, void *data, unsigned length)
	{
		t.set_command(command);
		t.set_address(address);
		t.set_data_ptr(static_cast<unsigned char *>(data));
		t.set_data_length(length);
		t.set_streaming_width(length);
		t.set_response_status(tlm::TLM_INCOMPLETE_RESPONSE);
	}

	tlm::tlm_response_status access(tlm::tlm_command command, std::uint64_t address, void *data, unsigned length,
					sc_time &delay)
	{
		tlm::tlm_generic_payload t;
		fill(t, command, address, data, length);
		socket->b_transport(t, delay);
		return t.get_response_status();
	}

	tlm::tlm_response_status read(std::uint64_t address, void *data, unsigned length)
	{
		sc_time delay;
		const auto status = access(tlm::TLM_READ_COMMAND, address, data, length, delay);
		EXPECT(delay == SC_ZERO_TIME);
		return status;
	}

	tlm::tlm_response_status write(std::uint64_t address, const void *data, unsigned length)
	{
		sc_time delay;
		return access(tlm::TLM_WRITE_COMMAND, address, const_cast<void *>(data), length, delay);
	}

	void write_command(unsigned protocol, unsigned message, std::vector<std::uint32_t> payload)
	{
		std::vector<std::uint32_t> area = {0, 0, 0, 0, 0, static_cast<std::uint32_t>(4 + 4 * payload.size()),
						   protocol << 10 | message};
		area.insert(area.end(), payload.begin(), payload.end());
		EXPECT(write(TX, area.data(), static_cast<unsigned>(4 * area.size())) == tlm::TLM_OK_RESPONSE);
	}

	std::uint32_t reply(unsigned word)
	{
		std::uint32_t value = 0;
		EXPECT(read(TX + 0x1c + 4 * word, &value, 4) == tlm::TLM_OK_RESPONSE);
		return value;
	}

	void time()
	{
		/* A trap takes 1 us of the caller's local time, whenever that is. */
		sc_time one, other = sc_time(300, SC_NS);
		std::uint64_t x[8] = {SMCCC_VERSION, 1, 2, 3, 4, 5, 6, 7};
		firmware_.smc(0, x, one);
		EXPECT(x[0] == 0x10004 && x[5] == 5 && x[7] == 7);
		EXPECT(one == sc_time(1, SC_US));
		/* Another CPU, whose local time is behind that, comes after it. */
		x[0] = SMCCC_VERSION;
		firmware_.smc(1, x, other);
		EXPECT(x[0] == 0x10004 && other == sc_time(2, SC_US));
		EXPECT(sc_time_stamp() == SC_ZERO_TIME);
		/* And one that is ahead later. */
		other = sc_time(10, SC_US);
		x[0] = SMCCC_VERSION;
		firmware_.hvc(2, x, other);
		EXPECT(x[0] == 0x10004 && other == sc_time(11, SC_US));
		wait(sc_time(20, SC_US));
		x[0] = 0xc2007777;
		other = SC_ZERO_TIME;
		firmware_.smc(3, x, other);
		EXPECT(x[0] == UINT64_MAX && other == sc_time(1, SC_US));
		EXPECT(scmi_time_ns(firmware_.firmware()) == 21000);
		wait(other);
	}

	void responses()
	{
		std::uint32_t words[4] = {0x11, 0x22, 0x33, 0x44};
		std::uint32_t back[4] = {};
		std::uint8_t byte = 0;
		/* Memory takes bytes anywhere, registers take words. */
		EXPECT(write(RX + 0x101, words, 7) == tlm::TLM_OK_RESPONSE);
		EXPECT(read(RX + 0x105, &byte, 1) == tlm::TLM_OK_RESPONSE && byte == 0x22);
		EXPECT(write(CCM + 0x4000, words, 16) == tlm::TLM_OK_RESPONSE);
		EXPECT(read(CCM + 0x4000, back, 4) == tlm::TLM_OK_RESPONSE);
		EXPECT(read(CCM + 2, back, 4) == tlm::TLM_ADDRESS_ERROR_RESPONSE);
		EXPECT(read(CCM, back, 2) == tlm::TLM_ADDRESS_ERROR_RESPONSE);
		EXPECT(read(0, back, 4) == tlm::TLM_ADDRESS_ERROR_RESPONSE);
		EXPECT(write(0x10000000000 + TX, words, 4) == tlm::TLM_ADDRESS_ERROR_RESPONSE);
		EXPECT(read(TX + 0xffc, back, 8) == tlm::TLM_ADDRESS_ERROR_RESPONSE);

		tlm::tlm_generic_payload t;
		sc_time delay;
		fill(t, tlm::TLM_READ_COMMAND, TX, back, 16);
		t.set_streaming_width(4);
		socket->b_transport(t, delay);
		EXPECT(t.get_response_status() == tlm::TLM_BURST_ERROR_RESPONSE);
		fill(t, tlm::TLM_WRITE_COMMAND, TX, back, 4);
		t.set_byte_enable_ptr(&byte);
		t.set_byte_enable_length(1);
		socket->b_transport(t, delay);
		EXPECT(t.get_response_status() == tlm::TLM_BYTE_ENABLE_ERROR_RESPONSE);
		t.set_byte_enable_ptr(nullptr);
		fill(t, tlm::TLM_IGNORE_COMMAND, TX, back, 4);
		socket->b_transport(t, delay);
		EXPECT(t.get_response_status() == tlm::TLM_OK_RESPONSE);
	}

	void debug_and_dmi()
	{
		tlm::tlm_generic_payload t;
		tlm::tlm_dmi dmi;
		std::uint32_t value = 0xcafe, back = 0;
		fill(t, tlm::TLM_WRITE_COMMAND, RX + 0x180, &value, 4);
		EXPECT(socket->transport_dbg(t) == 4);
		fill(t, tlm::TLM_READ_COMMAND, CCM, &back, 4);
		EXPECT(socket->transport_dbg(t) == 4);
		fill(t, tlm::TLM_READ_COMMAND, 0, &back, 4);
		EXPECT(socket->transport_dbg(t) == 0);
		fill(t, tlm::TLM_READ_COMMAND, RX + 0x180, &back, 4);
		sc_time delay;
		socket->b_transport(t, delay);
		EXPECT(t.is_dmi_allowed() && back == 0xcafe);
		EXPECT(socket->get_direct_mem_ptr(t, dmi));
		EXPECT(dmi.get_start_address() == TX && dmi.get_end_address() == TX + 0xfff);
		EXPECT(dmi.is_read_write_allowed());
		EXPECT(dmi.get_dmi_ptr()[RX + 0x180 - TX] == 0xfe);
		fill(t, tlm::TLM_READ_COMMAND, CCM, &back, 4);
		socket->b_transport(t, delay);
		EXPECT(!t.is_dmi_allowed());
		EXPECT(!socket->get_direct_mem_ptr(t, dmi));
	}

	/* The delayed response of an asynchronous command, whoever waits for it or does not. */
	void interrupts()
	{
		std::uint64_t x[8] = {TX_FUNCTION_ID};
		sc_time delay;
		write_command(0x14, 0x5, {1, 18, 650000000, 0});
		firmware_.smc(0, x, delay);
		EXPECT(x[0] == 0 && edges_ == 0);
		wait(delay);
		EXPECT(reply(0) == 0);
		wait(sc_time(5, sc_core::SC_MS));
		EXPECT(edges_ == 1);
		const sc_time first = edge_at_;
		/* The same while the CPU runs ahead of the simulation: the edge still comes at the time that it comes at. */
		std::uint32_t free = 1;
		EXPECT(write(RX + 4, &free, 4) == tlm::TLM_OK_RESPONSE);
		write_command(0x14, 0x5, {1, 18, 594000000, 0});
		const sc_time begin = sc_time_stamp();
		delay = SC_ZERO_TIME;
		x[0] = TX_FUNCTION_ID;
		firmware_.smc(0, x, delay);
		EXPECT(x[0] == 0);
		delay += sc_time(1, sc_core::SC_MS);
		std::uint64_t y[8] = {SMCCC_VERSION};
		firmware_.smc(0, y, delay);
		EXPECT(edges_ == 1 && sc_time_stamp() == begin);
		wait(delay);
		EXPECT(edges_ == 2);
		EXPECT(edge_at_ > begin && edge_at_ < begin + sc_time(1, sc_core::SC_MS) && edge_at_ > first);
		EXPECT(!firmware_.interrupt[1].read());
	}

	void stop_and_reset()
	{
		const std::uint32_t zero = 0;
		const sc_time before = sc_time_stamp();
		EXPECT(firmware_.stopped() == SCMI_RUNNING);
		EXPECT(write(WDOG1_WCR, &zero, 4) == tlm::TLM_OK_RESPONSE);
		wait(sc_time(3, SC_US));
		EXPECT(firmware_.stopped() == SCMI_RESET && stop_at_ == before);
		std::uint64_t x[8] = {SMCCC_VERSION};
		sc_time delay;
		firmware_.smc(0, x, delay);
		EXPECT(x[0] == UINT64_MAX && delay == SC_ZERO_TIME);
		firmware_.reset();
		EXPECT(firmware_.stopped() == SCMI_RUNNING);
		EXPECT(scmi_time_ns(firmware_.firmware()) == 0);
		x[0] = SMCCC_VERSION;
		firmware_.smc(0, x, delay);
		EXPECT(x[0] == 0x10004 && delay == sc_time(1, SC_US));
		wait(sc_time(7, SC_US));
		x[0] = SMCCC_VERSION;
		delay = SC_ZERO_TIME;
		firmware_.smc(0, x, delay);
		EXPECT(scmi_time_ns(firmware_.firmware()) == 8000);
	}

	void run()
	{
		time();
		responses();
		debug_and_dmi();
		interrupts();
		stop_and_reset();
		done = true;
		sc_core::sc_stop();
	}
};

int sc_main(int argc, char **argv)
{
	std::ifstream file(argc == 2 ? argv[1] : "", std::ios::binary);
	const std::string image((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
	scmi_target firmware("firmware", image.data(), image.size());
	test_bench bench("bench", firmware);
	bench.socket.bind(firmware.socket);
	sc_core::sc_start();
	EXPECT(bench.done);
	std::cout << "kept" << std::endl;
	return 0;
}
