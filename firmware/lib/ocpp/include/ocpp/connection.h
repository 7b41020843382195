// The socket to the central system, opened again with back-off.
#pragma once

#include <stdint.h>

#include "hal/transport.h"
#include "ocpp/deadline.h"
#include "ocpp/sizes.h"
#include "ocpp/text.h"

namespace evse::ocpp {

struct ChargePoint;

class Connection {
 public:
  explicit Connection(ChargePoint& cp, hal::Transport& transport)
      : cp_(cp), transport_(transport) {}

  // Makes the address. False: it is too long.
  bool power_on();

  // Looks what has become of the socket; connects again where it is time.
  void poll();
  uint64_t next_us() const;

  // Closes the socket, and connects again.
  void drop(const char* why);
  // The same in a moment, when the answer has gone out: the key, the certificate or the security
  // profile is another (OCPP-J 1.6 6.2; security whitepaper A01, A02, A05).
  void renew() { renewing_ = true; }
  void configure_ping();

 private:
  bool make_address(bool tls);
  void connect();
  void lost(const char* why);

  ChargePoint& cp_;
  hal::Transport& transport_;
  Text<kUrl> address_;
  hal::Transport::State seen_ = hal::Transport::State::Closed;
  uint32_t failures_ = 0;  // in a row; no more than kMostDoublings are counted
  bool renewing_ = false;
  Deadline retry_;
  Deadline renewal_;
};

}  // namespace evse::ocpp
