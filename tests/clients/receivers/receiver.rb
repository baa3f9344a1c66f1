# A receiver with WEBrick.
require 'webrick'

server = WEBrick::HTTPServer.new(
  BindAddress: '127.0.0.1', Port: ENV['PORT'].to_i, AccessLog: [], Logger: WEBrick::Log.new(File::NULL)
)
server.mount_proc('/webhooks') do |request, response|
  File.open(ENV['RECORD'], 'a') { |file| file.syswrite("#{request.body}\n") }
  response.status = 200
end
server.start
