// What a charger may have beyond a network and a memory. Null: it has none, and says so.
#pragma once

#include "hal/certificates.h"
#include "hal/updater.h"
#include "hal/uploader.h"

namespace evse::hal {

struct Equipment {
  Updater* updater = nullptr;            // without: no new firmware
  Uploader* uploader = nullptr;          // without: no logs
  Certificates* certificates = nullptr;  // without: no certificates, and no TLS that OCPP switches
};

}  // namespace evse::hal
