// How far a job has come that the central system has ordered: the statuses of its notifications.
#pragma once

#include <stdint.h>

namespace evse::ocpp {

// FirmwareStatus and DiagnosticsStatus (OCPP 1.6 7.25, 7.24), FirmwareStatusEnumType and
// UploadLogStatusEnumType (security whitepaper). The numbers are in memory: new ones go to the end.
enum class JobStatus : uint8_t {
  Idle,  // no job; told on demand alone
  Downloading,
  Downloaded,
  DownloadFailed,
  DownloadScheduled,
  SignatureVerified,
  InvalidSignature,
  InstallScheduled,
  Installing,
  InstallRebooting,
  Installed,
  InstallationFailed,
  InstallVerificationFailed,
  Uploading,
  Uploaded,
  UploadFailed,      // of DiagnosticsStatusNotification
  UploadFailure,     // the same of LogStatusNotification
  PermissionDenied,
};

const char* name_of(JobStatus status);
// Whether the job ends with it.
bool is_final(JobStatus status);

}  // namespace evse::ocpp
