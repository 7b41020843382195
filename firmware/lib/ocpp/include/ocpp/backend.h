// The seam between a charger and whoever decides who may charge: an OCPP client, or another stack.
//
// Nothing of OCPP is in it. One connector is one charging process (hal/process.h): its report goes
// in, its command comes out. Everything is called from one task, with the same clock.
#pragma once

#include <stdint.h>

#include "hal/process.h"

namespace evse {

enum class ResetWanted : uint8_t {
  None,
  Soft,  // restart the software of this side
  Hard,  // restart the controllers too
};

class ChargingBackend {
 public:
  // What the process of a connector (from 1) says now; at each change, and before each poll.
  virtual void report(uint64_t now_us, int connector, const Report& report) = 0;

  // Somebody holds a tag to the reader of a connector.
  virtual void present_tag(uint64_t now_us, int connector, const char* tag) = 0;

  // Does a bounded piece of work; returns when it wants to be called again. Sooner is no harm,
  // and needed when the network has something.
  virtual uint64_t poll(uint64_t now_us) = 0;

  // What the process of a connector is asked for.
  virtual const Command& command(int connector) const = 0;

  // Set once a restart is due, and everything is in memory that has to survive it.
  virtual ResetWanted reset_wanted() const = 0;

 protected:
  ~ChargingBackend() = default;
};

}  // namespace evse
