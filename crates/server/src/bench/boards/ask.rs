//! One client on one connection.

use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;

use super::super::load::read_answer;

/// Someone who is signed in.
pub(super) struct Client {
    stream: TcpStream,
    cookie: String,
    answer: Vec<u8>,
}

impl Client {
    pub(super) async fn to(address: &str, token: &str) -> anyhow::Result<Client> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Client {
            stream,
            cookie: format!("{}={token}", crate::http::COOKIE),
            answer: Vec::new(),
        })
    }

    /// Asks; gives the status, once the whole answer is there.
    pub(super) async fn get(&mut self, path: &str) -> anyhow::Result<u16> {
        let request = format!(
            "GET {path} HTTP/1.1\r\nHost: bench\r\nCookie: {}\r\n\r\n",
            self.cookie
        );
        self.stream.write_all(request.as_bytes()).await?;
        read_answer(&mut self.stream, &mut self.answer).await
    }

    /// The last answer, for a report of what went wrong.
    pub(super) fn said(&self) -> String {
        String::from_utf8_lossy(&self.answer).into_owned()
    }
}
