// MicroOcpp 1.2.0, and how it has to be configured for the charger. The same macros hold for the
// library itself: what it was compiled with and what is seen here must not differ.
#pragma once

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wconversion"
#pragma GCC diagnostic ignored "-Wshadow"
#pragma GCC diagnostic ignored "-Wunused-parameter"
#include <MicroOcpp.h>
#include <MicroOcpp/Core/Configuration.h>
#include <MicroOcpp/Core/Context.h>
#include <MicroOcpp/Core/FilesystemAdapter.h>
#include <MicroOcpp/Debug.h>
#include <MicroOcpp/Model/ConnectorBase/Connector.h>
#include <MicroOcpp/Model/FirmwareManagement/FirmwareService.h>
#include <MicroOcpp/Model/Model.h>
#pragma GCC diagnostic pop

#ifndef MO_CUSTOM_WS
#error "MO_CUSTOM_WS: the socket is the charger's (hal/transport.h)"
#endif
#ifndef MO_CUSTOM_TIMER
#error "MO_CUSTOM_TIMER: time is the charger's, so that tests may say what it is"
#endif
#if !MO_ENABLE_CONNECTOR_LOCK
#error "MO_ENABLE_CONNECTOR_LOCK=1: UnlockConnector opens the lock of a socket"
#endif
#if MO_USE_FILEAPI != DISABLE_FS
#error "MO_USE_FILEAPI=DISABLE_FS: nothing is written to flash while a contactor is closed"
#endif
#if MO_DBG_LEVEL > MO_DL_WARN
#error "MO_DBG_LEVEL=MO_DL_WARN or less: it prints the address of firmware, and a password in it"
#endif

// Connector 0 among them; what the library has where it is not set.
#ifndef MO_NUMCONNECTORS
#define MO_NUMCONNECTORS 2
#endif

// Less, and the library reads back nothing of its own configuration file, without a word.
static_assert(MO_MAX_JSON_CAPACITY >= 2048 * sizeof(void*), "MO_MAX_JSON_CAPACITY is too small");
