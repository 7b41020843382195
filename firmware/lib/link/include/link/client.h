// The controller's end of the co-simulation link (docs/link.md): greeting, grants, replies.
#pragma once

#include <stdint.h>

#include "link/frames.h"

namespace evse::link {

constexpr uint32_t kTickUs = 1000;

// Ticks at or after `from_us` and before `until_us`, at these inputs.
struct Grant {
  uint64_t from_us = 0;
  uint64_t until_us = 0;
  Inputs inputs[kMaxEvses];
  Command command[kMaxEvses];
};

enum class Next : uint8_t {
  Grant,
  PowerCut,  // nothing more may be written
  Gone,      // the link is closed or broken: end
};

// Why a controller comes back before its grant is over.
constexpr uint8_t kOutputsChanged = 1;
constexpr uint8_t kReportChanged = 2;

class Client {
 public:
  Client(Stream& stream, int evses) : frames_(stream, evses, frame_, kBodyBytes) {}
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  // False: the twin refuses (see `refusal`), is gone, or speaks another protocol.
  bool greet(const char* name, Welcome& welcome) { return frames_.greet(name, welcome); }

  // What the twin wants next; `grant` is filled where it is a grant.
  Next next(Grant& grant);

  // How far the grant was used. Outputs and reports of all EVSEs go along.
  bool reply(uint64_t tick_us, uint8_t changed, uint32_t revision, const Outputs* outputs,
             const Report* reports);

  // The twin's words when it refused, else empty.
  const char* refusal() const { return frames_.refusal(); }

  // The first tick at or after an instant.
  static uint64_t first_tick(uint64_t from_us, uint32_t phase_us) {
    const uint64_t late_us = (from_us + kTickUs - phase_us % kTickUs) % kTickUs;
    return late_us == 0 ? from_us : from_us + kTickUs - late_us;
  }

 private:
  static constexpr int kBodyBytes =
      16 + kMaxEvses * (kInputsBytes + kOutputsBytes + kReportBytes + kCommandBytes);

  uint8_t frame_[Frames::kHeaderBytes + kBodyBytes]{};
  Frames frames_;
};

}  // namespace evse::link
