// The central system's end of a bench: a clock that the test moves, the socket that frames go
// through, and what the charger has said. For every OCPP client behind `evse::hal`.
#pragma once

#include <stdint.h>

#include <deque>
#include <string>
#include <vector>

#include "hal/clock.h"
#include "hal/transport.h"
#include "ocpp/settings.h"

namespace bench {

class Clock final : public evse::hal::Clock {
 public:
  uint64_t now_us() override { return time_us; }
  int64_t battery_utc_us() override { return utc_us; }
  void set_battery_utc_us(int64_t set_us) override { set_to_us = set_us; }

  uint64_t time_us = 0;
  int64_t utc_us = -1;
  int64_t set_to_us = -1;
};

class Transport final : public evse::hal::Transport {
 public:
  void connect(const char* url, const char* subprotocol, const char* user, const uint8_t* key,
               int key_size) override;
  State state() override { return now; }
  Failure failure() const override { return why; }
  void close() override { now = State::Closed; }
  bool send(const char* text, int size) override;
  int receive(char* text, int capacity) override;
  void ping_every(int seconds) override { ping_s = seconds; }
  bool network_returned() override {
    const bool did = returned;
    returned = false;
    return did;
  }

  bool network = true;  // false: attempts fail
  bool takes = true;    // false: what is sent has to be offered again
  bool returned = false;  // the network has come back, and nobody has been told
  State now = State::Closed;
  Failure why = Failure::Network;  // attempts fail
  int attempts = 0;
  std::string url, subprotocol, user, key;
  int ping_s = -1;
  std::deque<std::string> to_charger;
  std::vector<std::string> from_charger;
};

class Log final : public evse::ocpp::EventLog {
 public:
  void event(int connector, const char* text) override;
  bool has(const std::string& part) const;
  std::vector<std::string> lines;
};

// A frame of the charger, taken apart far enough to be looked at.
struct Sent {
  int type = 0;
  std::string id, action, payload;
  bool has(const std::string& part) const { return payload.find(part) != std::string::npos; }
};

Sent take_apart(const std::string& text);

constexpr int64_t kUtc = 1790000000LL * 1000000;  // 2026-09-21T14:13:20Z

}  // namespace bench
