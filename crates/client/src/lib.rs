//! A typed client of the service: channel, credentials, deadlines, resume.
