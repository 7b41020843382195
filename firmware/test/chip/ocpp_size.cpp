// The OCPP client linked for itself, so that its size can be read off. It does not run: cJSON, the
// C library and the platform are left open.
#include "ocpp/ocpp_client.h"

extern evse::hal::Transport& transport;
extern evse::hal::Fram& fram;
extern evse::hal::Clock& clock_of_board;
extern evse::ocpp::EventLog& log_of_board;
extern const evse::ocpp::Settings& settings;
extern const evse::Report& report_of_process;

extern "C" void _start() {
  static evse::OcppClient client(settings, transport, fram, clock_of_board, log_of_board);
  client.report(0, 1, report_of_process);
  client.present_tag(0, 1, "");
  client.poll(0);
}
