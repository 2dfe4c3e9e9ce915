//! Packets over a connection.

use std::io;
use std::time::Duration;

use bytes::BytesMut;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use yiwang_mqtt::{Malformed, Packet, decode, encode};

/// How long a client may take to take what is sent to it.
const SENT_WITHIN: Duration = Duration::from_secs(30);
/// How much is read at once, bytes: at first, and from a client that sends much.
const READ: usize = 4 << 10;
const READ_MUCH: usize = 64 << 10;

pub(super) struct Wire<S> {
    stream: S,
    received: BytesMut,
    sent: BytesMut,
    read: usize,
    /// The largest packet that is taken, bytes.
    pub(super) most: usize,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Wire<S> {
    pub(super) fn new(stream: S, most: usize) -> Wire<S> {
        Wire {
            stream,
            received: BytesMut::new(),
            sent: BytesMut::new(),
            read: READ,
            most,
        }
    }

    /// Reads what has come; false at the end. Nothing is lost where this is
    /// not waited for.
    pub(super) async fn fill(&mut self) -> io::Result<bool> {
        self.received.reserve(self.read);
        let count = self.stream.read_buf(&mut self.received).await?;
        self.read = if count >= self.read { READ_MUCH } else { READ };
        Ok(count > 0)
    }

    /// The next packet of what was read.
    pub(super) fn next(&mut self) -> Result<Option<Packet>, Malformed> {
        decode(&mut self.received, self.most)
    }

    /// The next packet, waiting for it.
    pub(super) async fn wait(&mut self) -> io::Result<Packet> {
        loop {
            if let Some(packet) = self.next().map_err(io::Error::other)? {
                return Ok(packet);
            }
            if !self.fill().await? {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
        }
    }

    /// Puts a packet to what is to be sent.
    pub(super) fn put(&mut self, packet: &Packet) -> io::Result<()> {
        encode(packet, &mut self.sent).map_err(io::Error::other)
    }

    /// How much is to be sent, bytes.
    pub(super) fn unsent(&self) -> usize {
        self.sent.len()
    }

    /// Sends it.
    pub(super) async fn flush(&mut self) -> io::Result<()> {
        if self.sent.is_empty() {
            return Ok(());
        }
        let sending = async {
            self.stream.write_all(&self.sent).await?;
            self.stream.flush().await
        };
        match tokio::time::timeout(SENT_WITHIN, sending).await {
            Ok(sent) => sent?,
            Err(_) => return Err(io::ErrorKind::TimedOut.into()),
        }
        self.sent.clear();
        Ok(())
    }

    /// Says that nothing more comes.
    pub(super) async fn close(mut self) {
        // The client may be gone.
        let _ = tokio::time::timeout(Duration::from_secs(1), self.stream.shutdown()).await;
    }
}
