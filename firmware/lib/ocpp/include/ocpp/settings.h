// What a charger knows of itself and of its central system before it is told anything.
#pragma once

#include <stdint.h>

#include "hal/equipment.h"
#include "hal/process.h"
#include "ocpp/sizes.h"

namespace evse::ocpp {

// A configuration key that leaves the factory with another value than the standard's.
struct FactoryValue {
  const char* name;
  const char* value;
};

// Feature profiles besides Core (OCPP 1.6 3.2). FirmwareManagement is there where files are.
struct FeatureProfiles {
  bool local_list = true;
  bool reservation = true;
  bool remote_trigger = true;
  bool smart_charging = true;
};

struct Settings {
  const char* url = "";       // without the identity, such as ws://127.0.0.1:9000
  const char* tls_url = nullptr;  // from security profile 2 on; null: `url` with wss://
  const char* identity = "";  // appended to it, percent-encoded (OCPP-J 1.6 3.1.1)
  const uint8_t* key = nullptr;  // AuthorizationKey, raw bytes (OCPP-J 1.6 6.2)
  int key_size = 0;              // 16 to 20; 0: none
  // What BootNotification says (OCPP 1.6 6.3); null: left out.
  const char* vendor = "evseloop";
  const char* model = "evse";
  const char* serial_number = nullptr;
  const char* firmware_version = nullptr;
  const FactoryValue* factory = nullptr;
  int factory_count = 0;
  FeatureProfiles profiles;
  int connectors = 1;
  Hardware hardware[kConnectors];
  // The security extension (whitepaper "Improved security for OCPP 1.6-J", edition 2): its
  // messages and keys, and firmware with a signature only where certificates can be had.
  bool secured = false;
  hal::Equipment equipment;  // what it refers to has to outlive the client
  uint32_t nominal_voltage_v = 230;  // phase to neutral, for limits in watts
  uint32_t seed = 1;                 // of message ids and of the back-off's jitter; from a
                                     // generator of random numbers, new at each boot
};

// Whoever is told what happens, for an operator's log. Secrets are not in it.
class EventLog {
 public:
  virtual void event(int connector, const char* text) = 0;

 protected:
  ~EventLog() = default;
};

}  // namespace evse::ocpp
