import com.sun.net.httpserver.HttpServer;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.Executors;

/** A receiver with the HTTP server of the JDK. */
class Receiver {
    public static void main(String[] arguments) throws Exception {
        Path record = Path.of(System.getenv("RECORD"));
        int port = Integer.parseInt(System.getenv("PORT"));
        HttpServer server = HttpServer.create(new InetSocketAddress("127.0.0.1", port), 64);
        server.setExecutor(Executors.newFixedThreadPool(8));
        server.createContext("/webhooks", exchange -> {
            String line = new String(exchange.getRequestBody().readAllBytes(), "UTF-8") + "\n";
            synchronized (record) {
                Files.writeString(
                    record, line, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
            }
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
        });
        server.start();
    }
}
