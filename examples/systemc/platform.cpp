/*
 * A CPU that talks SCMI to the firmware, in SystemC: shared memory over the bus, SMC, a register, an interrupt.
 * Usage: platform IMAGE, the file that `scmi-cosim image -o IMAGE` writes. Built as docs/systemc.md says.
 */
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>

#include <tlm_utils/simple_initiator_socket.h>

#include "scmi_target.h"

using sc_core::sc_time;

/** The CPU: an SC_THREAD with a local time of its own. */
class cpu_model : public sc_core::sc_module {
public:
	tlm_utils::simple_initiator_socket<cpu_model> socket;

	SC_HAS_PROCESS(cpu_model);

	cpu_model(sc_core::sc_module_name name, scmi_target &firmware)
		: sc_module(name), socket("socket"), firmware_(firmware)
	{
		SC_THREAD(run);
	}

private:
	scmi_target &firmware_;
	sc_time local_;

	void access(tlm::tlm_command command, std::uint64_t address, void *data, unsigned length)
	{
		tlm::tlm_generic_payload transaction;
		transaction.set_command(command);
		transaction.set_address(address);
		transaction.set_data_ptr(static_cast<unsigned char *>(data));
		transaction.set_data_length(length);
		transaction.set_streaming_width(length);
		socket->b_transport(transaction, local_);
		if (transaction.is_response_error())
			SC_REPORT_FATAL("cpu", transaction.get_response_string().c_str());
	}

	std::uint32_t read(std::uint64_t address)
	{
		std::uint32_t value = 0;
		access(tlm::TLM_READ_COMMAND, address, &value, sizeof value);
		return value;
	}

	/** Sends a command on the first channel, and waits as long as it takes. Returns the word behind the reply's status. */
	std::uint32_t command(unsigned protocol, unsigned message, std::vector<std::uint32_t> payload)
	{
		const auto length = static_cast<std::uint32_t>(4 + 4 * payload.size());
		std::vector<std::uint32_t> area = {0, 0, 0, 0, 0, length, protocol << 10 | message};
		area.insert(area.end(), payload.begin(), payload.end());
		access(tlm::TLM_WRITE_COMMAND, 0x93f000, area.data(), static_cast<unsigned>(4 * area.size()));
		std::uint64_t x[8] = {0xc20000fe};
		firmware_.smc(0, x, local_);
		wait(local_);
		local_ = sc_core::SC_ZERO_TIME;
		if (x[0] != 0 || read(0x93f01c) != 0)
			SC_REPORT_FATAL("cpu", "the command is refused");
		return read(0x93f020);
	}

	void run()
	{
		command(0x11, 0x4, {0, 5, 0}); /* POWER_STATE_SET: gpu on */
		command(0x14, 0x5, {0, 42, 1000000000, 0}); /* CLOCK_RATE_SET: gpu_pll_out */
		std::cout << "gpu_pll_out at " << command(0x14, 0x6, {42}) << " Hz" << std::endl;
		std::cout << "DIV_CTL0 0x" << std::hex << read(0x30360068) << std::dec << ", " << sc_core::sc_time_stamp() << std::endl;

		/* Asynchronous: the response comes on the second channel, with its interrupt, once the PLL has locked. */
		command(0x14, 0x5, {1, 18, 650000000, 0});
		wait(firmware_.interrupt[1].posedge_event());
		std::cout << "response 0x" << std::hex << read(0x93f218) << std::dec << ", rate " << read(0x93f224) << " Hz, "
			  << sc_core::sc_time_stamp() << std::endl;
		sc_core::sc_stop();
	}
};

int sc_main(int argc, char **argv)
{
	std::ifstream file(argc == 2 ? argv[1] : "", std::ios::binary);
	const std::string image((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
	scmi_target firmware("firmware", image.data(), image.size());
	cpu_model cpu("cpu", firmware);
	cpu.socket.bind(firmware.socket);
	sc_core::sc_start();
	return 0;
}
