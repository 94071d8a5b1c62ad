import Commands

await SockeyeCommand.run()
